// Everything that package.json offers runs through this file, so that a fresh clone needs Node and npm only:
// it brings the pinned pnpm, installs when the lockfile is newer than the last install, and runs the steps of a command.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { leftOutLines } from './leftOutLines.mjs';
import { needsShell, run as runCollected } from './packages/run.mjs';
import { ensureRedis } from './redis/ensureRedis.mjs';
import { sideBySide } from './steps/sideBySide.mjs';
import { longProofs, node, steps, withArgs } from './steps/steps.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(root, 'node_modules/.go-stamp');
const leftOutFile = join(root, 'node_modules/.cache/tests-left-out.json');
const needed = [20, 19];
const startedAt = performance.now();
/** No step beside others takes as long, whatever the machine. */
const hangsAfterMs = 1_800_000;

/** @typedef {import('./steps/steps.mjs').Step} Step */
/** @typedef {{ name: string, act: () => Promise<boolean> }} Action */
/** @typedef {{ lanes: Step[][] }} SideBySide */
/** @typedef {{ name: string, succeeded: boolean, seconds: number, output: string }} Outcome */

/** @type {Action} */
const redis = { name: 'redis-server', act: provideRedis };

const skipTests = '--skip-tests';
const everything = '--everything';

/** Each of these keeps one processor busy, most of its time. */
const oneByOne = [
  ...[steps.formatCheck, steps.unused, steps.changesets],
  ...[steps.modelBuild, steps.model],
  ...[steps.seededBuild, steps.schedulesBuild, withArgs(steps.schedules, ['--schedules', '6000', '--drawn'])],
];
/** These start several programs at once, and wait for them. */
const inGroups = [
  steps.lint,
  steps.types,
  steps.packages,
  steps.matrix,
  steps.fleetShort,
  steps.demoOnce,
  steps.demoRedisOnce,
  steps.benchCounts,
];

/** @type {Record<string, (args: string[]) => (Step | Action | SideBySide)[]>} */
const commands = {
  test: (args) => [
    steps.build,
    redis,
    withArgs(
      steps.tests,
      args.filter((arg) => arg !== everything),
    ),
  ],
  check: (args) => [
    steps.build,
    redis,
    ...(args.includes(skipTests) ? [] : [steps.tests]),
    { lanes: [oneByOne, inGroups] },
  ],
  demo: (args) => [steps.build, { name: 'demo', run: node('scripts/demo.mjs', ...args) }],
  bench: (args) => [steps.build, { name: 'bench', run: node('scripts/bench.mjs', ...args) }],
  fleet: (args) => [steps.build, { name: 'fleet', run: node('apps/fleet/dist/main.js', ...args) }],
  model: (args) => [steps.modelBuild, withArgs(steps.model, args)],
  schedules: (args) => [steps.seededBuild, steps.schedulesBuild, withArgs(steps.schedules, args)],
  hours: (args) => [steps.seededBuild, steps.hoursBuild, withArgs(steps.hours, args)],
  powercut: () => [steps.build, steps.powercut],
  proofs: () => [steps.build, redis, ...longProofs],
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

/** @typedef {readonly [program: string, args: string[]]} Command */

/** @param {string[]} args @returns {Command} */
function pnpm(args) {
  const npm = ['exec', '--yes', `--package=${packageManager()}`, '--', 'pnpm', ...args];
  // npm names its own program in what it starts, which spares looking for npm.cmd on Windows.
  const npmProgram = process.env['npm_execpath'];
  return npmProgram?.endsWith('.js') ? [process.execPath, [npmProgram, ...npm]] : ['npm', npm];
}

/**
 * What is installed here, without pnpm, which takes longer to start than most steps.
 * @type {(command: string[]) => Command}
 */
function installed([program = '', ...args]) {
  return program === 'node' ? [process.execPath, args] : [join(root, 'node_modules/.bin', program), args];
}

/** @param {Step} step @returns {Command} */
function commandOf(step) {
  return step.needsPnpm === true ? pnpm(['exec', ...step.run]) : installed(step.run);
}

/** @param {Command} command @returns {boolean} whether it succeeded */
function spawned([program, args]) {
  const shell = needsShell(program);
  const result = spawnSync(program, args, { cwd: root, env: environment, stdio: 'inherit', shell });
  if (result.error) fail(`${program} could not be started: ${result.error.message}`);
  return result.status === 0;
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
  const command = pnpm(['install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=warn']);
  if (!spawned(command)) fail('The installation failed; the lines above say why.');
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, wanted);
}

/** @type {string | undefined} why what needs Redis is left out */
let noRedis;
/** @type {string[]} */
const stepsLeftOut = [];

async function provideRedis() {
  const decided = await ensureRedis();
  if (decided.kind === 'use') {
    console.log(decided.path);
    return true;
  }
  noRedis = decided.reason;
  return decided.kind === 'leaveOut';
}

function printLeftOut() {
  if (failed.includes(redis.name)) console.error(`Tests need Redis, and ${noRedis}`);
  const json = existsSync(leftOutFile) ? readFileSync(leftOutFile, 'utf8') : '[]';
  const tests = /** @type {import('./LeftOut.ts').LeftOutTests[]} */ (JSON.parse(json));
  for (const line of leftOutLines({ tests, steps: stepsLeftOut, reason: noRedis })) console.log(line);
}

/** @param {Step} step @returns {boolean | undefined} whether it succeeded, where that is known without running it */
function settledBefore(step) {
  const script = step.run[0] === 'node' ? step.run[1] : undefined;
  if (script !== undefined && !existsSync(join(root, script))) {
    console.error(`${step.name}: ${script} does not exist in this checkout.`);
    return false;
  }
  if (step.needsRedis !== true || noRedis === undefined) return undefined;
  stepsLeftOut.push(step.name);
  return true;
}

/** @param {Step | Action} step @returns {Promise<void>} */
async function run(step) {
  const settled = 'run' in step ? settledBefore(step) : undefined;
  if (settled !== undefined) return note(step.name, settled);
  const started = performance.now();
  console.log(`> ${step.name}`);
  const succeeded = 'act' in step ? await step.act() : spawned(commandOf(step));
  printEnd({ name: step.name, succeeded, seconds: (performance.now() - started) / 1000 });
  note(step.name, succeeded);
}

/** @param {Step} step @returns {Promise<Outcome | undefined>} */
async function runAside(step) {
  const settled = settledBefore(step);
  if (settled !== undefined) {
    note(step.name, settled);
    return undefined;
  }
  const started = performance.now();
  const [program, args] = commandOf(step);
  const options = { cwd: root, env: environment, timeoutMs: hangsAfterMs };
  const { ok, output } = await runCollected(program, args, options);
  return { name: step.name, succeeded: ok, seconds: (performance.now() - started) / 1000, output };
}

/** @param {SideBySide} together */
async function runLanes({ lanes }) {
  const names = lanes.map((lane) => lane.map(({ name }) => name).join(', '));
  console.log(`beside one another: ${names.join(' | ')}`);
  await sideBySide(lanes, {
    run: runAside,
    tell: (outcome) => {
      if (outcome === undefined) return;
      console.log(`> ${outcome.name}`);
      process.stdout.write(outcome.output);
      printEnd(outcome);
      note(outcome.name, outcome.succeeded);
    },
  });
}

/** @param {Pick<Outcome, 'name' | 'succeeded' | 'seconds'>} outcome */
function printEnd({ name, succeeded, seconds }) {
  console.log(`${succeeded ? '✓' : '✗'} ${name} (${seconds.toFixed(1)} s)`);
}

/** @param {string} name @param {boolean} succeeded */
function note(name, succeeded) {
  if (!succeeded) failed.push(name);
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
  await ('lanes' in step ? runLanes(step) : run(step));
  // Nothing can be said about what was not built; every other step is worth its own report.
  if (step === steps.build && failed.length > 0) break;
}
if (plan.includes(redis)) printLeftOut();
if (asked === 'test') printFigure();
if (asked === 'check') {
  if (given.includes(skipTests)) console.log(`The tests were left out because of ${skipTests}.`);
  console.log(failed.length === 0 ? 'check: everything passed' : `check: failed in ${failed.join(', ')}`);
}
process.exit(failed.length === 0 ? 0 : 1);
