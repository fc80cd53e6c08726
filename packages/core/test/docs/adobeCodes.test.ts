import { expect, it } from 'vitest';
import { adobeCodeTable } from '../../src/adobeCodes.js';
import { readRegion, writeRegion } from './documents.js';

const document = 'docs/errors.md';
const actors = { viewer: 'the viewer', operator: 'you', adobe: 'Adobe', nobody: 'nobody' } as const;

function codesTable(): string {
  const rows = Object.entries(adobeCodeTable).map(
    ([code, { action, status, mustAct, retry, viewerMustSignIn }]) =>
      `| \`${code}\` | ${action} | ${status} | ${actors[mustAct]} | ${retry ? 'yes' : ''} | ${viewerMustSignIn ? 'yes' : ''} |\n`,
  );
  return `\n| code | action | status | to act | retry | sign in |\n| --- | --- | --- | --- | --- | --- |\n${rows.join('')}\n`;
}

it('docs/errors.md has every code of Adobe Pass (anew: UPDATE_CODES=1 npm test -- docs/adobeCodes)', () => {
  if (process.env['UPDATE_CODES'] === '1') writeRegion(document, "Adobe's codes", codesTable());
  expect(readRegion(document, "Adobe's codes")).toBe(codesTable());
});
