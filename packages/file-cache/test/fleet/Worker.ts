import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface WorkerOptions {
  readonly baseUrl: string;
  readonly softwareStatement: string;
  /** The folder of the file cache. */
  readonly path: string;
  readonly secret: string;
}

export interface WorkerAnswer {
  /** By device number: every client id that was handed out. */
  readonly clientIds: Readonly<Record<string, readonly string[]>>;
  /** By error code. */
  readonly failures: Readonly<Record<string, number>>;
}

/** A server process of its own. */
export class Worker {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(options: WorkerOptions): Promise<Worker> {
    const child = fork(fileURLToPath(new URL('worker.mjs', import.meta.url)), {
      env: { ...process.env, FLEET_WORKER: JSON.stringify(options) },
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const failed = once(child, 'exit').then(() => {
      throw new Error('the worker ended before it was ready; were the packages built?');
    });
    await Promise.race([once(child, 'message'), failed]);
    failed.catch(() => undefined);
    return new Worker(child);
  }

  async authenticate(devices: readonly number[], requestsEach: number): Promise<WorkerAnswer> {
    const answer = once(this.#child, 'message');
    this.#child.send({ devices, requestsEach });
    return ((await answer) as [WorkerAnswer])[0];
  }

  /** Ends as a server does on a restart. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }

  async kill(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}
