import type { FleetOptions } from './options.js';
import { resultTable, type Result } from './report/resultTable.js';
import { scenarios } from './scenarios/index.js';
import type { Scenario } from './scenarios/Scenario.js';
import { Stage } from './stage/Stage.js';

/** One after the other, each on a stage of its own. Whether everything held. */
export async function runScenarios(options: FleetOptions): Promise<boolean> {
  const chosen = options.scenarios.flatMap((name) => scenarios.filter((scenario) => scenario.name === name));
  console.log(`Seed ${options.seed}: --seed ${options.seed} repeats the plan of faults.`);
  const results: Result[] = [];
  for (const scenario of chosen) results.push(await runOne(scenario, options));
  console.log(`\n${resultTable(results)}\n`);
  const failed = results.filter(({ failed: claims }) => claims > 0).length;
  console.log(
    `${results.length - failed} of ${results.length} scenarios hold, seed ${options.seed}` +
      (failed === 0 ? '' : `: ${failed} failed`),
  );
  return failed === 0;
}

async function runOne(scenario: Scenario, options: FleetOptions): Promise<Result> {
  const startedMs = performance.now();
  console.log(`\n${scenario.name}: ${scenario.summary}`);
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
