// Everything that package.json offers runs through this file, so that a fresh clone needs Node and npm only:
// it brings the pinned pnpm, installs when the lockfile is newer than the last install, and runs the steps of a command.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { leftOutLines } from './leftOutLines.mjs';
import { ensureRedis } from './redis/ensureRedis.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(root, 'node_modules/.go-stamp');
const leftOutFile = join(root, 'node_modules/.cache/tests-left-out.json');
const needed = [20, 19];
const startedAt = performance.now();

/** @typedef {{ name: string, run: string[], needsRedis?: boolean, needsPnpm?: boolean } | { name: string, act: () => Promise<boolean> }} Step */

/** @type {(...args: string[]) => string[]} */
const turbo = (...args) => ['turbo', 'run', ...args, '--output-logs=errors-only', '--ui=stream'];
/** @type {(...args: string[]) => string[]} */
const node = (...args) => ['node', ...args];

/** @satisfies {Record<string, Step>} */
const steps = {
  redis: { name: 'redis-server', act: provideRedis },
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
const longProofs = [
  steps.modelBuild,
  withArgs(steps.model, ['--deep']),
  ...[
    steps.seededBuild,
    steps.schedulesBuild,
    withArgs(steps.schedules, ['--schedules', '100000', '--drawn']),
  ],
  {
    name: 'fleet, all',
    run: node('apps/fleet/dist/main.js', '--scenario', 'all', '--drawn'),
    needsRedis: true,
  },
  { name: 'fuzzing', run: ['vitest', 'run', '--project', 'core', 'fuzz'] },
  steps.mutants,
];

const skipTests = '--skip-tests';
const everything = '--everything';

/** @type {Record<string, (args: string[]) => Step[]>} */
const commands = {
  test: (args) => [
    steps.build,
    steps.redis,
    withArgs(
      steps.tests,
      args.filter((arg) => arg !== everything),
    ),
  ],
  check: (args) => [
    steps.build,
    steps.redis,
    ...(args.includes(skipTests) ? [] : [steps.tests]),
    steps.lint,
    steps.types,
    steps.formatCheck,
    steps.unused,
    steps.changesets,
    ...[steps.modelBuild, steps.model],
    ...[steps.seededBuild, steps.schedulesBuild, withArgs(steps.schedules, ['--drawn'])],
    steps.benchCounts,
    steps.fleetShort,
    steps.packages,
    steps.matrix,
    steps.demoOnce,
    steps.demoRedisOnce,
  ],
  demo: (args) => [steps.build, { name: 'demo', run: node('scripts/demo.mjs', ...args) }],
  bench: (args) => [steps.build, { name: 'bench', run: node('scripts/bench.mjs', ...args) }],
  fleet: (args) => [steps.build, { name: 'fleet', run: node('apps/fleet/dist/main.js', ...args) }],
  model: (args) => [steps.modelBuild, withArgs(steps.model, args)],
  schedules: (args) => [steps.seededBuild, steps.schedulesBuild, withArgs(steps.schedules, args)],
  proofs: () => [steps.build, steps.redis, ...longProofs],
  mutate: (args) => [withArgs(steps.mutants, args)],
  build: (args) => [withArgs(steps.build, args)],
  typecheck: (args) => [withArgs(steps.types, args)],
  lint: (args) => [withArgs(steps.lint, args)],
  format: (args) => [
    { name: 'format', run: ['prettier', '--write', '--log-level=warn', ...(args.length > 0 ? args : ['.'])] },
  ],
  packages: (args) => [steps.build, withArgs(steps.packages, args)],
  matrix: () => [steps.matrix],
  changeset: (args) => [{ name: 'changeset', run: ['changeset', ...args] }],
};

/** @param {{ name: string, run: string[] }} step @param {string[]} args @returns {Step} */
function withArgs(step, args) {
  return { ...step, run: [...step.run, ...args] };
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(1);
}

function assertNodeVersion() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [neededMajor = 0, neededMinor = 0] = needed;
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return;
  fail(
    `pass-dcr needs Node ${needed.join('.')} or later; this is ${process.versions.node} (${process.execPath}).`,
  );
}

const [asked = '', ...given] = process.argv.slice(2);
const takesEverything = asked === 'check' || (asked === 'test' && given.includes(everything));

const environment = {
  ...process.env,
  // Without this, running offline costs a minute of retries.
  npm_config_prefer_offline: 'true',
  npm_config_loglevel: 'error',
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  // vitest.shared.ts reads it; Vitest takes no options of others.
  ...(takesEverything ? { PASS_TESTS: 'everything' } : {}),
  ...(asked === 'proofs' ? { PASS_DCR_FUZZ_RUNS: '30' } : {}),
};

/** @returns {string} */
function packageManager() {
  /** @type {unknown} */
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (
    typeof manifest === 'object' &&
    manifest !== null &&
    'packageManager' in manifest &&
    typeof manifest.packageManager === 'string'
  )
    return manifest.packageManager;
  return fail('package.json must name its packageManager, such as "pnpm@12.21.0".');
}

/** @param {string[]} args @returns {number} the exit code */
function pnpm(args) {
  const npm = ['exec', '--yes', `--package=${packageManager()}`, '--', 'pnpm', ...args];
  // npm names its own program in what it starts, which spares looking for npm.cmd on Windows.
  const npmProgram = process.env['npm_execpath'];
  return npmProgram?.endsWith('.js') ? spawned(process.execPath, [npmProgram, ...npm]) : spawned('npm', npm);
}

/**
 * What is installed here, without pnpm, which takes longer to start than most steps.
 * @type {(command: string[]) => number}
 */
function installed([program = '', ...args]) {
  return program === 'node'
    ? spawned(process.execPath, args)
    : spawned(join(root, 'node_modules/.bin', program), args);
}

/** @param {string} program @param {string[]} args @returns {number} the exit code */
function spawned(program, args) {
  const shell = process.platform === 'win32' && program !== process.execPath;
  const result = spawnSync(program, args, { cwd: root, env: environment, stdio: 'inherit', shell });
  if (result.error) fail(`${program} could not be started: ${result.error.message}`);
  return result.status ?? 1;
}

/** The lockfile changes with the package.json of every package, so these three files stand for all of them. */
function stamp() {
  const hash = createHash('sha256').update(process.version).update(process.platform).update(process.arch);
  for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'])
    hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function install() {
  const wanted = stamp();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return;
  console.log('> install');
  const code = pnpm(['install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=warn']);
  if (code !== 0) fail('The installation failed; the lines above say why.');
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, wanted);
}

/** @type {string | undefined} why what needs Redis is left out */
let noRedis;
/** @type {string[]} */
const stepsLeftOut = [];

async function provideRedis() {
  const redis = await ensureRedis();
  if (redis.kind === 'use') {
    console.log(redis.path);
    return true;
  }
  noRedis = redis.reason;
  return redis.kind === 'leaveOut';
}

function printLeftOut() {
  if (failed.includes(steps.redis.name)) console.error(`Tests need Redis, and ${noRedis}`);
  const json = existsSync(leftOutFile) ? readFileSync(leftOutFile, 'utf8') : '[]';
  const tests = /** @type {import('./LeftOut.ts').LeftOutTests[]} */ (JSON.parse(json));
  for (const line of leftOutLines({ tests, steps: stepsLeftOut, reason: noRedis })) console.log(line);
}

/** @param {{ run: string[], needsPnpm?: boolean }} step @returns {number} the exit code */
function start(step) {
  return step.needsPnpm === true ? pnpm(['exec', ...step.run]) : installed(step.run);
}

/** @param {Step} step @returns {Promise<boolean>} whether it succeeded */
async function run(step) {
  if ('run' in step) {
    const script = step.run[0] === 'node' ? step.run[1] : undefined;
    if (script !== undefined && !existsSync(join(root, script))) {
      console.error(`${step.name}: ${script} does not exist in this checkout.`);
      return false;
    }
    if (step.needsRedis === true && noRedis !== undefined) {
      stepsLeftOut.push(step.name);
      return true;
    }
  }
  const started = performance.now();
  console.log(`> ${step.name}`);
  const succeeded = 'act' in step ? await step.act() : start(step) === 0;
  console.log(
    `${succeeded ? '✓' : '✗'} ${step.name} (${((performance.now() - started) / 1000).toFixed(1)} s)`,
  );
  return succeeded;
}

function printFigure() {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  const named = given.filter((arg) => arg !== everything).length > 0;
  if (takesEverything || named) return console.log(`npm test took ${seconds} s.`);
  console.log(
    `npm test took ${seconds} s: each behaviour once. \`npm test -- ${everything}\` runs all there is.`,
  );
}

assertNodeVersion();
const plan = commands[asked]?.(given);
if (!plan) fail(`Unknown command ${JSON.stringify(asked)}; there are: ${Object.keys(commands).join(', ')}.`);
install();

rmSync(leftOutFile, { force: true });
/** @type {string[]} */
const failed = [];
for (const step of plan) {
  if (await run(step)) continue;
  failed.push(step.name);
  // Nothing can be said about what was not built; every other step is worth its own report.
  if (step === steps.build) break;
}
if (plan.includes(steps.redis)) printLeftOut();
if (asked === 'test') printFigure();
if (asked === 'check') {
  if (given.includes(skipTests)) console.log(`The tests were left out because of ${skipTests}.`);
  console.log(failed.length === 0 ? 'check: everything passed' : `check: failed in ${failed.join(', ')}`);
}
process.exit(failed.length === 0 ? 0 : 1);
