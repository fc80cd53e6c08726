import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

const startLimitMs = 20_000;
const endLimitMs = 5_000;

/** @typedef {{ url: string, end: () => Promise<string[]> }} Started */

/** @returns {Promise<number>} which nobody listens on */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Starts a program that listens on the port, and waits until it does.
 * @param {string} command @param {readonly string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, port: number }} options
 * @returns {Promise<Started>} `end` sends SIGTERM and says what is wrong with how it ends: it may take no longer than what runs
 */
export async function startServer(command, args, { cwd, env, port }) {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const ended = once(child, 'exit').then(([code, signal]) => /** @type {unknown} */ (code ?? signal));
  const isOver = ended.then(() => true);
  const url = `http://127.0.0.1:${port}`;
  const until = performance.now() + startLimitMs;
  while (!(await listens(url))) {
    if (await Promise.race([isOver, sleep(50, false)]))
      throw new Error(`it ends before it listens:\n${(await output).join('\n')}`);
    if (performance.now() < until) continue;
    endAll(child.pid);
    throw new Error(`it does not listen:\n${(await output).join('\n')}`);
  }
  return {
    url,
    async end() {
      child.kill('SIGTERM');
      const code = await Promise.race([ended, sleep(endLimitMs, 'late', { ref: false })]);
      endAll(child.pid);
      // Nest ends by the signal that it was sent, once it has closed.
      return code === 0 || code === 'SIGTERM'
        ? []
        : [`after SIGTERM it ends with ${String(code)}:\n${(await output).join('\n')}`];
    },
  };
}

/** @param {string} url */
async function listens(url) {
  return await fetch(url, { headers: { connection: 'close' } }).then(
    () => true,
    () => false,
  );
}

/** The program and what it has started, such as npx does. @param {number | undefined} pid */
function endAll(pid) {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing of it is left.
  }
}
