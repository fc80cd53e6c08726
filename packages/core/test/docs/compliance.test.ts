import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { complianceDocument, missingProof, requirements } from './compliance.js';
import { readText, root } from './documents.js';

const path = 'docs/compliance.md';

describe('docs/compliance.md', () => {
  it('has a row for each requirement of the checklist', () => {
    const numbered = (letter: string, last: number) =>
      Array.from({ length: last }, (_, index) => `${letter}${index + 1}`);
    expect(requirements.map(({ id }) => id)).toEqual([...numbered('M', 23), ...numbered('R', 12)]);
  });

  it('names tests and sentences that there are', () => {
    expect(requirements.map(missingProof).filter((each) => each !== undefined)).toEqual([]);
  });

  it('would tell of one that there is not', () => {
    const [first] = requirements;
    if (first === undefined) throw new Error('no requirement');
    const test = 'packages/core/test/docs/compliance.test.ts';
    expect(missingProof({ ...first, proof: { test, name: ['no', 'such', 'test'].join(' ') } })).toMatch(
      /^M1: .+ has no test/,
    );
    expect(missingProof({ ...first, proof: { test: 'nowhere.test.ts', name: 'a' } })).toBe(
      'M1: there is no nowhere.test.ts',
    );
    expect(
      missingProof({ ...first, proof: { document: path, sentence: ['no', 'such', 'sentence'].join(' ') } }),
    ).toMatch(/does not say/);
  });

  it('is as it would be generated (anew: UPDATE_COMPLIANCE=1 npm test -- docs/compliance)', () => {
    const plain = (text: string): string => text.replaceAll(/ {2,}/g, ' ').replaceAll(/-{3,}/g, '---');
    if (process.env['UPDATE_COMPLIANCE'] === '1') writeFileSync(join(root, path), complianceDocument());
    expect(plain(readText(path))).toBe(plain(complianceDocument()));
  });
});
