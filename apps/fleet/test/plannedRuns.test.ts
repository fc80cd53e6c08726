import { describe, expect, it } from 'vitest';
import { againText, plannedRuns } from '../src/plannedRuns.js';

const options = {
  scenarios: ['restarts', 'mixed'],
  mixedMs: 4_000,
  seed: 1,
  short: true,
  drawn: true,
  keep: false,
};
const kept = [{ seed: 7, mixedMs: 60_000, short: false, found: 'a pair that was lost' }];

describe('what the fleet runs', () => {
  it('is what was chosen, then what failed once, then the mixed chaos with a drawn seed', () => {
    const runs = plannedRuns(options, 93, kept);
    expect(
      runs.map(({ name, options: { seed, mixedMs, short }, why }) => [name, seed, mixedMs, short, why]),
    ).toEqual([
      ['restarts', 1, 4_000, true, 'chosen'],
      ['mixed', 1, 4_000, true, 'chosen'],
      ['mixed', 7, 60_000, false, 'kept: a pair that was lost'],
      ['mixed', 93, 4_000, true, 'drawn'],
    ]);
  });

  it('is what was chosen, and nothing else, where no seed is drawn', () => {
    expect(plannedRuns(options, null, kept).map(({ name }) => name)).toEqual(['restarts', 'mixed']);
  });

  it('can be run again and kept by what a failure prints', () => {
    const [, , , drawn] = plannedRuns(options, 93, kept);
    expect(drawn && againText(drawn)).toContain(
      '--scenario mixed --short --minutes 0.06666666666666667 --seed 93\n',
    );
    expect(drawn && againText(drawn)).toContain('{ seed: 93, mixedMs: 4000, short: true, found:');
  });
});
