import { randomInt } from 'node:crypto';
import { keptSeeds } from './keptSeeds.js';
import type { FleetOptions } from './options.js';
import { againText, plannedRuns, type PlannedRun } from './plannedRuns.js';
import { resultTable, type Result } from './report/resultTable.js';
import { scenarios } from './scenarios/index.js';
import type { Scenario } from './scenarios/Scenario.js';
import { Stage } from './stage/Stage.js';

/** One after the other, each on a stage of its own. Whether everything held. */
export async function runScenarios(options: FleetOptions): Promise<boolean> {
  console.log(`Seed ${options.seed}: --seed ${options.seed} repeats the plan of faults.`);
  const drawn = options.drawn ? randomInt(1, 1_000_000) : null;
  if (drawn !== null) console.log(`Seed ${drawn} was drawn.`);
  const results: Result[] = [];
  for (const planned of plannedRuns(options, drawn, keptSeeds)) {
    const scenario = scenarios.find(({ name }) => name === planned.name);
    if (scenario === undefined) throw new Error(`There is no scenario ${planned.name}.`);
    const result = await runOne(scenario, planned);
    results.push(result);
    if (result.failed > 0) console.log(againText(planned));
  }
  console.log(`\n${resultTable(results)}\n`);
  const failed = results.filter(({ failed: claims }) => claims > 0).length;
  console.log(
    `${results.length - failed} of ${results.length} scenarios hold, seed ${options.seed}` +
      (failed === 0 ? '' : `: ${failed} failed`),
  );
  return failed === 0;
}

async function runOne(scenario: Scenario, { options, why }: PlannedRun): Promise<Result> {
  const startedMs = performance.now();
  console.log(`\n${scenario.name} (seed ${options.seed}, ${why}): ${scenario.summary}`);
  const stage = new Stage(options, (line) => console.log(line));
  try {
    await scenario.run(stage);
  } catch (error) {
    stage.claims.claim(
      'the scenario ran to its end',
      false,
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    );
  } finally {
    await stage.close();
  }
  const { figures, claims } = stage;
  const seconds = (performance.now() - startedMs) / 1_000;
  return { name: scenario.name, figures, claims: claims.all.length, failed: claims.failed, seconds };
}
