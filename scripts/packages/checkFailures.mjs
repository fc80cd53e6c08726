import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { findFailureProblems, findStackProblems } from './failureProblems.mjs';
import { installConsumer } from './install.mjs';
import { needsShell, run } from './run.mjs';

/**
 * @typedef {object} Failure
 * @property {string} name
 * @property {string[]} command
 * @property {1 | 2} prints where to, as a file descriptor
 * @property {import('./failureProblems.mjs').Expected} expected
 */

const byNode = { exitCode: 1, says: 'PassError: serviceProvider must be', ends: /\nNode\.js v[\d.]+\n$/ };
const npx = ['npx', '--no', '--'];

/** @type {readonly Failure[]} */
const failures = [
  {
    name: 'a wrong setting, CommonJS',
    command: [process.execPath, 'wrongSetting.cjs'],
    prints: 2,
    expected: byNode,
  },
  {
    name: 'a wrong setting, ES modules',
    command: [process.execPath, 'wrongSetting.mjs'],
    prints: 2,
    expected: byNode,
  },
  {
    name: 'a wrong setting, pass-dcr-reseal',
    command: [...npx, 'pass-dcr-reseal', 'wrongSetting.mjs'],
    prints: 1,
    expected: { exitCode: 2, says: 'option_invalid: serviceProvider must be', ends: /\n$/ },
  },
  {
    name: 'a wrong flag, pass-simulator',
    command: [...npx, 'pass-simulator', '--prot', '1'],
    prints: 2,
    expected: { exitCode: 2, says: "Unknown option '--prot'", ends: /\n$/ },
  },
];

const slowReader = fileURLToPath(new URL('./readSlowly.mjs', import.meta.url));

/**
 * What users see of an error: of a wrong setting, through a slow pipe, and of one that is thrown far inside of core.
 * @param {{ templates: string, installed: string, packages: string }} folders
 * @returns {Promise<string[]>} what is wrong
 */
export async function checkFailures({ templates, installed, packages }) {
  const folder = join(installed, 'failures');
  await installConsumer(join(templates, 'failures'), folder, 'commonjs', []);
  console.log('failures:');
  const problems = [];
  for (const { name, command, prints, expected } of failures) {
    const failed = await runIntoSlowPipe(command, prints, folder);
    const bytes = Buffer.byteLength(failed.output);
    problems.push(...report(`${name}, ${bytes} bytes`, findFailureProblems(failed, expected)));
  }
  for (const program of ['deepError.cjs', 'deepError.mjs']) {
    const { output } = await run(process.execPath, [program], { cwd: folder });
    problems.push(...report(program, findStackProblems(output, sourceIn(packages))));
  }
  return problems;
}

/** @param {string} name @param {readonly string[]} problems */
function report(name, problems) {
  console.log(`${problems.length === 0 ? '✓' : '✗'} ${name}`);
  for (const problem of problems) console.error(`  ${problem.replaceAll('\n', '\n  ')}`);
  return problems.map((problem) => `${name}: ${problem.split('\n')[0]}`);
}

/** @param {string[]} command @param {1 | 2} prints @param {string} cwd */
async function runIntoSlowPipe([command = '', ...args], prints, cwd) {
  const program = spawn(command, args, {
    cwd,
    stdio: ['ignore', prints === 1 ? 'pipe' : 'ignore', prints === 2 ? 'pipe' : 'ignore'],
    timeout: 60_000,
    shell: needsShell(command),
  });
  const ended = once(program, 'exit');
  const pipe = prints === 1 ? program.stdout : program.stderr;
  const reader = spawn(process.execPath, [slowReader], { stdio: [pipe, 'pipe', 'inherit'] });
  // The reader has it now; whatever this process took out of it would be missing there.
  pipe?.destroy();
  if (reader.stdout === null) throw new Error('the slow reader has no output');
  const output = await text(reader.stdout);
  const [exitCode] = /** @type {[number | null]} */ (await ended);
  return { output, exitCode };
}

/** @param {string} packages @returns {(file: string) => string | undefined} */
const sourceIn = (packages) => (file) => {
  const path = join(packages, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
};
