import { expect, it } from 'vitest';
import { readRegion, writeRegion } from './documents.js';
import { timingTable } from './timingTable.js';

const document = 'docs/operations.md';

it('docs/operations.md has every duration and limit (anew: UPDATE_TIMING=1 npm test -- docs/timingTable)', () => {
  const table = timingTable();
  if (process.env['UPDATE_TIMING'] === '1') writeRegion(document, 'timing', table);
  expect(readRegion(document, 'timing')).toBe(table);
});
