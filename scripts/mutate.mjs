// Stryker changes the sources in one place at a time; a change that no test notices has survived. It knows one threshold
// for all files, so those of the folders are checked here.
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';

/** The parts of the mutants, in percent, that must be noticed. */
const demanded = { 'packages/core/src/registration/': 90, 'packages/core/src/cache/': 85 };

const { values } = parseArgs({
  options: { mutate: { type: 'string' }, concurrency: { type: 'string' } },
});

/** @type {ConstructorParameters<typeof Stryker>[0]} */
const options = {};
if (values.mutate !== undefined) options.mutate = values.mutate.split(',');
if (values.concurrency !== undefined) options.concurrency = Number(values.concurrency);

const mutants = await new Stryker(options).runMutationTest();

let failed = mutants.length === 0;
for (const [folder, percent] of Object.entries(demanded)) {
  const statuses = mutants
    .filter(({ fileName }) => fileName.replaceAll('\\', '/').includes(folder))
    .map(({ status }) => status);
  const noticed = statuses.filter((status) => status === 'Killed' || status === 'Timeout').length;
  const valid =
    noticed + statuses.filter((status) => status === 'Survived' || status === 'NoCoverage').length;
  if (valid === 0) continue;
  const score = (100 * noticed) / valid;
  console.log(
    `${folder}: ${noticed} of ${valid} mutants noticed, ${score.toFixed(1)} % (demanded: ${percent} %)`,
  );
  failed ||= score < percent;
}
process.exitCode = failed ? 1 : 0;
