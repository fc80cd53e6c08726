import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { CacheEntry, PassCache, SwapResult } from '@pass-dcr/core';

type Message =
  | { readonly ready: true }
  | { readonly acknowledged: string }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string };

interface PendingCall {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

const script = fileURLToPath(new URL('worker.mjs', import.meta.url));

/** A real process with a file cache on `path`. */
export class CacheProcess {
  /** What `writeUntilKilled` was told is stored. */
  readonly acknowledged: string[] = [];
  readonly #child: ChildProcess;
  readonly #calls = new Map<number, PendingCall>();
  #lastId = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (message: Message) => this.#receive(message));
  }

  static async start(path: string): Promise<CacheProcess> {
    const child = fork(script, [path], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const ended = once(child, 'exit').then(() => {
      throw new Error('the process ended before it was ready');
    });
    await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => undefined);
    return new CacheProcess(child);
  }

  /** Kills a process that has had `afterMs` to start. */
  static async startAndKill(path: string, afterMs: number): Promise<void> {
    const child = fork(script, [path], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const ended = once(child, 'exit');
    await setTimeout(afterMs);
    child.kill('SIGKILL');
    await ended;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async call(command: string, ...args: readonly unknown[]): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
      this.#child.send({ id, command, args });
    });
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal);
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  /** The cache of that process, as a cache of this one. Closing it ends the process. */
  asCache(): PassCache {
    return {
      scope: 'host',
      read: async (...args) => (await this.call('read', ...args)) as readonly (CacheEntry | null)[],
      swap: async (...args) => (await this.call('swap', ...args)) as SwapResult,
      close: async () => {
        await this.kill();
      },
    };
  }

  #receive(message: Message): void {
    if ('acknowledged' in message) {
      this.acknowledged.push(message.acknowledged);
      return;
    }
    if (!('id' in message)) return;
    const call = this.#calls.get(message.id);
    this.#calls.delete(message.id);
    if ('error' in message) call?.reject(new Error(message.error));
    else call?.resolve(message.value);
  }
}
