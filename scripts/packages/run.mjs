import { spawn } from 'node:child_process';

/** @typedef {{ readonly ok: boolean, readonly output: string }} Outcome */

/**
 * Runs a program to its end; one that hangs has failed.
 * @param {string} command @param {readonly string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, timeoutMs?: number }} options
 * @returns {Promise<Outcome>}
 */
export async function run(command, args, { cwd, env = process.env, timeoutMs = 180_000 }) {
  return await new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: needsShell(command),
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (output += String(text)));
    child.stderr.setEncoding('utf8').on('data', (text) => (output += String(text)));
    const timer = setTimeout(() => {
      output += `\nstopped after ${timeoutMs / 1000} s`;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ ok: false, output: error.message });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ ok: code === 0, output });
    });
  });
}

/** On Windows, everything but Node itself is a script for its shell. @param {string} command */
export const needsShell = (command) => process.platform === 'win32' && command !== process.execPath;

/**
 * Does the same with each, at most so many at once as there are processors to do it.
 * @template Item, Result
 * @param {readonly Item[]} items @param {(item: Item) => Promise<Result>} work @param {number} atOnce
 * @returns {Promise<Result[]>} in the order of the items
 */
export async function inParallel(items, work, atOnce) {
  /** @type {Result[]} */
  const results = [];
  const waiting = items.entries();
  const worker = async () => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
