import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { poll } from './poll.js';

/**
 * The shell becomes the server (`exec`), after it has left a watcher behind. The watcher reads from a pipe whose other end
 * only this process has: a word means that the server has ended, the end of the pipe that this process has, however.
 * The watcher is nobody's child, as Redis warns of children that it does not know.
 */
const guarded = `
(
  (
    read -r word <&3 && exit
    kill -9 $$
    tries=0
    while kill -0 $$ && [ $tries -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
    [ -z "$PASS_DCR_FOLDER" ] || rm -rf -- "$PASS_DCR_FOLDER"
  ) </dev/null >/dev/null 2>&1 &
)
exec "$@" 3<&-
`;

const keptLines = 200;
const endLimitMs = 5_000;

export interface ServerProcessOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** Removed when this process dies. */
  readonly temporaryFolder: string | undefined;
}

/** A server that ends when this process does, and is a process group of its own: Ctrl-C does not reach it. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #lines: string[] = [];

  constructor({ program, args, temporaryFolder }: ServerProcessOptions) {
    const child = spawn('/bin/sh', ['-c', guarded, 'sh', program, ...args], {
      env: { ...process.env, PASS_DCR_FOLDER: temporaryFolder ?? '' },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream as Readable }).on('line', (line) => {
        this.#lines.push(line);
        if (this.#lines.length > keptLines) this.#lines.shift();
      });
    const toWatcher = child.stdio[3] as Writable;
    // The watcher may be gone already.
    toWatcher.on('error', () => {});
    child.once('exit', () => toWatcher.end('ended\n'));
    this.#ended = once(child, 'close');
    // Whoever waits for it hears of it; nobody may be waiting.
    this.#ended.catch(() => {});
  }

  get pid(): number {
    if (this.#child.pid === undefined)
      throw new Error('The server could not be started: there is no /bin/sh.');
    return this.#child.pid;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** What it printed last. Of a directive that it refuses, which can be a password, the name alone. */
  get output(): string {
    return this.#lines.map((line) => line.replace(/^(>>> '\S+) .*/, "$1 …'")).join('\n');
  }

  async ended(): Promise<void> {
    await this.#ended;
  }

  /** SIGTERM; SIGKILL where that is not enough. */
  async end(): Promise<void> {
    if (this.hasEnded) return await this.ended();
    // A stopped process keeps the signal for later.
    this.#child.kill('SIGTERM');
    this.#child.kill('SIGCONT');
    const late = new AbortController();
    const timer = delay(endLimitMs, undefined, { signal: late.signal }).then(
      () => this.#child.kill('SIGKILL'),
      () => false,
    );
    await this.ended();
    late.abort();
    await timer;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended();
  }

  /** Resolves when it does nothing more. */
  async pause(): Promise<void> {
    this.#child.kill('SIGSTOP');
    const file = `/proc/${this.pid}/stat`;
    if (!existsSync(file)) return;
    await poll(async () => (/\) T /.test(readFileSync(file, 'utf8')) ? true : undefined), {
      limitMs: endLimitMs,
      describe: () => `The server ${this.pid} did not stop on SIGSTOP`,
    });
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }
}
