// Programs that the demo starts, and ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

const startLimitMs = 20_000;
const stopLimitMs = 25_000;

/** @typedef {{ child: import('node:child_process').ChildProcess, exited: Promise<number | null>, lines: string[] }} Program */

/** @type {Set<Program>} */
const programs = new Set();

/**
 * Starts a program and resolves with what `find` finds in a line that it prints.
 * @template Found
 * @param {string} name
 * @param {string} file
 * @param {string[]} args
 * @param {Record<string, string>} env
 * @param {(line: string) => Found | undefined} find
 * @param {(line: string) => void} show
 * @returns {Promise<Program & { found: Found }>}
 */
export async function start(name, file, args, env, find, show = () => {}) {
  if (!existsSync(file)) throw new Error(`${file} does not exist: "npm run build" makes it.`);
  const child = spawn(process.execPath, [file, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit').then(([code]) => /** @type {number | null} */ (code));
  /** @type {Program} */
  const program = { child, exited, lines: [] };
  programs.add(program);
  /** @type {Promise<Found>} */
  const ready = new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        program.lines.push(line);
        if (program.lines.length > 50) program.lines.shift();
        show(line);
        const found = find(line);
        if (found !== undefined) resolve(found);
      });
    }
  });
  /** @type {(why: string) => Error} */
  const failed = (why) => new Error([`${name} ${why}`, ...program.lines].join('\n  '));
  const found = await Promise.race([
    ready,
    exited.then((code) => {
      throw failed(`ended with code ${code} before it was ready`);
    }),
    after(startLimitMs).then(() => {
      throw failed(`was not ready within ${startLimitMs} ms`);
    }),
  ]);
  return { ...program, found };
}

/** @param {Program} program @returns {Promise<number | null>} its exit code; `null` if it had to be killed */
export async function stop(program) {
  if (program.child.exitCode === null) program.child.kill('SIGTERM');
  const code = await Promise.race([program.exited, after(stopLimitMs).then(() => 'late')]);
  if (typeof code !== 'string') return code;
  program.child.kill('SIGKILL');
  return null;
}

/** @type {(() => Promise<void>)[]} */
const endings = [];

/** What `stopAll()` does when the programs have ended. @param {() => Promise<void>} action */
export function atEnd(action) {
  endings.push(action);
}

/** Every program that this process has started, then what it has started itself. */
export async function stopAll() {
  await Promise.all([...programs].map(stop));
  await Promise.all(endings.map(async (action) => await action()));
}

/** Resolves when one of them ends. */
export async function anyEnd() {
  await Promise.race([...programs].map(({ exited }) => exited));
}

/** @param {number} ms @returns {Promise<void>} does not keep the process alive */
function after(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
