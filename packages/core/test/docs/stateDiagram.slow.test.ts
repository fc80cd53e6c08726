import { beforeAll, describe, expect, it } from 'vitest';
import { readRegion, writeRegion } from './documents.js';
import { diagramNames, drawStateDiagrams } from './stateDiagram.js';

const document = 'docs/request-path.md';
const drawAnew = 'UPDATE_DIAGRAM=1 npm test -- docs/stateDiagram';

describe(`the state diagrams in docs/request-path.md (draw them anew: ${drawAnew})`, () => {
  let drawn: ReturnType<typeof drawStateDiagrams>;

  // The walk through every state takes seconds, and more on a busy machine.
  beforeAll(() => {
    drawn = drawStateDiagrams();
    if (process.env['UPDATE_DIAGRAM'] !== '1') return;
    for (const name of diagramNames) writeRegion(document, name, drawn[name]);
  }, 120_000);

  it.each(diagramNames)('show what the transition function does: %s', (name) => {
    expect(readRegion(document, name)).toBe(drawn[name]);
  });
});
