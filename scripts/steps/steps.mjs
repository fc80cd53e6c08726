/** @typedef {{ name: string, run: string[], needsRedis?: boolean, needsPnpm?: boolean }} Step */

/** @type {(...args: string[]) => string[]} */
const turbo = (...args) => ['turbo', 'run', ...args, '--output-logs=errors-only', '--ui=stream'];
/** @type {(...args: string[]) => string[]} */
export const node = (...args) => ['node', ...args];

/** What one can be asked to run; the order is that of a command, in go.mjs. @satisfies {Record<string, Step>} */
export const steps = {
  build: { name: 'build', run: turbo('build'), needsPnpm: true },
  types: { name: 'types', run: turbo('typecheck', '//#typecheck:root'), needsPnpm: true },
  tests: { name: 'tests', run: ['vitest', 'run'] },
  lint: { name: 'lint', run: ['oxlint', '-c', 'oxlint.config.mjs', '--type-aware', '.'] },
  formatCheck: { name: 'format', run: ['prettier', '--check', '--log-level=warn', '.'] },
  unused: { name: 'unused files, exports and dependencies', run: ['knip'] },
  modelBuild: { name: 'build of the model', run: ['tsc', '-p', 'packages/core/proofs/model/tsconfig.json'] },
  model: { name: 'model', run: node('packages/core/proofs/model/dist/proofs/model/main.js') },
  seededBuild: {
    name: 'build of the chance of the scheduled runs',
    run: ['tsc', '-p', 'apps/seeded/tsconfig.build.json'],
  },
  schedulesBuild: {
    name: 'build of the scheduled runs',
    run: ['tsc', '-p', 'packages/core/proofs/schedules/tsconfig.json'],
  },
  schedules: {
    name: 'scheduled runs',
    run: node('packages/core/proofs/schedules/dist/proofs/schedules/main.js'),
  },
  hoursBuild: {
    name: 'build of the bad hours',
    run: ['tsc', '-p', 'packages/core/proofs/hours/tsconfig.json'],
  },
  hours: { name: 'bad hours', run: node('packages/core/proofs/hours/dist/proofs/hours/main.js') },
  powercut: { name: 'power cuts', run: node('scripts/powercut.mjs') },
  mutants: { name: 'mutants', run: node('scripts/mutate.mjs') },
  benchCounts: { name: 'counts of the benchmark', run: node('scripts/bench.mjs', '--counts') },
  fleetShort: {
    name: 'fleet, short',
    run: node('apps/fleet/dist/main.js', '--short', '--seed', '1', '--drawn'),
    needsRedis: true,
  },
  packages: { name: 'packages', run: node('scripts/checkPackages.mjs'), needsPnpm: true },
  matrix: { name: 'matrix', run: node('scripts/matrix.mjs') },
  changesets: { name: 'changesets', run: node('scripts/checkChangesets.mjs') },
  demoOnce: { name: 'demo -- --once', run: node('scripts/demo.mjs', '--once', '--framework', 'all') },
  demoRedisOnce: {
    name: 'demo -- --once --cache redis',
    run: node('scripts/demo.mjs', '--once', '--framework', 'all', '--cache', 'redis'),
    needsRedis: true,
  },
};

/** What takes too long for each change; docs/proof.md keeps the last results. */
export const longProofs = [
  steps.modelBuild,
  withArgs(steps.model, ['--deep']),
  ...[
    steps.seededBuild,
    steps.schedulesBuild,
    withArgs(steps.schedules, ['--schedules', '100000', '--drawn']),
  ],
  ...[steps.hoursBuild, steps.hours],
  steps.powercut,
  {
    name: 'fleet, all',
    run: node('apps/fleet/dist/main.js', '--scenario', 'all', '--drawn'),
    needsRedis: true,
  },
  { name: 'fuzzing', run: ['vitest', 'run', '--project', 'core', 'fuzz'] },
  steps.mutants,
];

/** @param {Step} step @param {string[]} args @returns {Step} */
export function withArgs(step, args) {
  return { ...step, run: [...step.run, ...args] };
}
