import { describe, expect, it } from 'vitest';
import { keptSchedules } from '../../proofs/schedules/keptSchedules.js';
import { againText, plannedRuns } from '../../proofs/schedules/plannedRuns.js';
import { Schedule } from '../../proofs/schedules/Schedule.js';

describe('the schedules that are run', () => {
  const kept = [{ seed: 7, schedule: 41, found: 'a pair that was lost' }];

  it('are those that failed once, then half of the chosen seed and half of the drawn one', () => {
    expect(plannedRuns({ seed: 1, count: 1_001, drawn: 93, kept })).toEqual([
      { seed: 7, from: 41, count: 1, why: 'kept: a pair that was lost' },
      { seed: 1, from: 0, count: 501, why: 'chosen' },
      { seed: 93, from: 0, count: 500, why: 'drawn' },
    ]);
  });

  it('are all of the chosen seed where none is drawn', () => {
    expect(plannedRuns({ seed: 1, count: 1_000, drawn: null, kept: [] })).toEqual([
      { seed: 1, from: 0, count: 1_000, why: 'chosen' },
    ]);
  });

  it('can be run again and kept by what a failure prints', () => {
    expect(againText(93, 17)).toContain('npm run schedules -- --seed 93 --schedule 17\n');
    expect(againText(93, 17)).toContain('{ seed: 93, schedule: 17, found:');
  });

  it.each([...keptSchedules])('hold where they failed once: seed $seed, schedule $schedule', async (each) => {
    expect((await new Schedule(each).run()).violation).toBeNull();
  });
});
