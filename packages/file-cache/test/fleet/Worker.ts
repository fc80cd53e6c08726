import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface WorkerOptions {
  readonly baseUrl: string;
  readonly softwareStatement: string;
  /** The folder of the file cache. */
  readonly path: string;
  readonly secret: string;
  /** Replaces constants of the machine. */
  readonly machine?: Readonly<Record<string, number>>;
  /** Replaces those of what decides whether a pair is dead. */
  readonly replacement?: Readonly<Record<string, number>>;
  /** An operator allows so many more pairs to be changed within a day. */
  readonly allowedReplacements?: number;
  /** The process kills itself when it is about to store its nth pair. */
  readonly dieAtStore?: number;
  /** Its time is the simulator's. */
  readonly followsSimulator?: boolean;
  /** Each request asks for profiles too, so that the ledger sees the pair that is used. */
  readonly asksForProfiles?: boolean;
}

export interface WorkerAnswer {
  /** By device number: every client id that was handed out. */
  readonly clientIds: Readonly<Record<string, readonly string[]>>;
  /** By error code. */
  readonly failures: Readonly<Record<string, number>>;
}

interface WorkerMessage {
  readonly handedOut?: { readonly device: number; readonly clientId: string };
  readonly answer?: WorkerAnswer;
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

  /** `null`: the process died over it. `handedOut` hears of each pair as soon as a request has it. */
  async authenticate(
    devices: readonly number[],
    requestsEach: number,
    handedOut: (device: number, clientId: string) => void = () => undefined,
  ): Promise<WorkerAnswer | null> {
    return await new Promise((resolve) => {
      const end = (answer: WorkerAnswer | null): void => {
        this.#child.off('message', hear);
        this.#child.off('exit', die);
        resolve(answer);
      };
      const hear = (message: WorkerMessage): void => {
        if (message.handedOut !== undefined) handedOut(message.handedOut.device, message.handedOut.clientId);
        if (message.answer !== undefined) end(message.answer);
      };
      const die = (): void => end(null);
      this.#child.on('message', hear);
      this.#child.on('exit', die);
      this.#child.send({ devices, requestsEach });
    });
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
