import type { KeptSchedule } from './keptSchedules.js';

/** Schedules of one seed, one after the other. */
export interface PlannedRun {
  readonly seed: number;
  readonly from: number;
  readonly count: number;
  readonly why: string;
}

export interface RunOptions {
  readonly seed: number;
  readonly count: number;
  /** A seed that nobody has chosen; `null`: none. */
  readonly drawn: number | null;
  readonly kept: readonly KeptSchedule[];
}

/** What failed once, then the chosen seed, then the drawn one, which shares the number of schedules with it. */
export function plannedRuns({ seed, count, drawn, kept }: RunOptions): readonly PlannedRun[] {
  const half = drawn === null ? 0 : Math.floor(count / 2);
  return [
    ...kept.map((each): PlannedRun => ({
      seed: each.seed,
      from: each.schedule,
      count: 1,
      why: `kept: ${each.found}`,
    })),
    { seed, from: 0, count: count - half, why: 'chosen' },
    ...(drawn === null ? [] : [{ seed: drawn, from: 0, count: half, why: 'drawn' }]),
  ];
}

/** For whoever finds a schedule that fails: how to see it again, and how to keep it. */
export function againText(seed: number, schedule: number): string {
  return (
    `Again: npm run schedules -- --seed ${seed} --schedule ${schedule}\n` +
    'Once it is repaired, keep it in packages/core/proofs/schedules/keptSchedules.ts:\n' +
    `  { seed: ${seed}, schedule: ${schedule}, found: 'what was wrong, and the commit that repaired it' },`
  );
}
