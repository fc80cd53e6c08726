import type { KeptSeed } from './keptSeeds.js';
import type { FleetOptions } from './options.js';

/** One scenario with the seed that decides its plan of faults. */
export interface PlannedRun {
  readonly name: string;
  readonly options: FleetOptions;
  readonly why: string;
}

/** Only the mixed chaos is made of its seed; the other scenarios hardly differ by it. */
const seeded = 'mixed';

/** The chosen scenarios with the chosen seed; and, where one is drawn, the mixed chaos of what failed once and of that one. */
export function plannedRuns(
  options: FleetOptions,
  drawn: number | null,
  kept: readonly KeptSeed[],
): readonly PlannedRun[] {
  const chosen = options.scenarios.map((name): PlannedRun => ({ name, options, why: 'chosen' }));
  if (drawn === null) return chosen;
  return [
    ...chosen,
    ...kept.map(({ found, ...settings }): PlannedRun => ({
      name: seeded,
      options: { ...options, ...settings },
      why: `kept: ${found}`,
    })),
    { name: seeded, options: { ...options, seed: drawn }, why: 'drawn' },
  ];
}

/** For whoever finds a seed that fails: how to see it again, and how to keep it. */
export function againText({ name, options: { seed, mixedMs, short } }: PlannedRun): string {
  const scale = short ? '--short ' : '';
  return (
    `Again: npm run fleet -- --scenario ${name} ${scale}--minutes ${mixedMs / 60_000} --seed ${seed}\n` +
    'Once it is repaired, keep it in apps/fleet/src/keptSeeds.ts:\n' +
    `  { seed: ${seed}, mixedMs: ${mixedMs}, short: ${short}, found: 'what was wrong, and the commit that repaired it' },`
  );
}
