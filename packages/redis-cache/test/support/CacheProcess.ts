import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CacheEntry, PassCache, SwapResult } from '@pass-dcr/core';
import type { Address } from './TestClient.js';

type Message =
  | { readonly ready: true }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string };

interface PendingCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A real process with Redis caches. */
export class CacheProcess {
  readonly #child: ChildProcess;
  readonly #calls = new Map<number, PendingCall>();
  #lastId = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (message: Message) => this.#receive(message));
  }

  static async start(mode: 'single' | 'cluster', nodes: readonly Address[]): Promise<CacheProcess> {
    const script = fileURLToPath(new URL('worker.mjs', import.meta.url));
    const child = fork(script, [mode, JSON.stringify(nodes)], {
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const ended = once(child, 'exit').then(() => {
      throw new Error('the process ended before it was ready');
    });
    await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => undefined);
    return new CacheProcess(child);
  }

  /** A cache of that process, as a cache of this one. */
  async open(options: Readonly<Record<string, unknown>> = {}): Promise<PassCache> {
    this.#lastId += 1;
    const cache = this.#lastId;
    await this.#call('open', cache, options);
    return {
      scope: 'shared',
      read: async (...args) => (await this.#call('read', cache, ...args)) as readonly (CacheEntry | null)[],
      swap: async (...args) => (await this.#call('swap', cache, ...args)) as SwapResult,
      close: async () => void (await this.#call('close', cache)),
    };
  }

  async end(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  async #call(command: string, ...args: readonly unknown[]): Promise<unknown> {
    this.#lastId += 1;
    const id = this.#lastId;
    return await new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
      this.#child.send({ id, command, args });
    });
  }

  #receive(message: Message): void {
    if (!('id' in message)) return;
    const call = this.#calls.get(message.id);
    this.#calls.delete(message.id);
    if ('error' in message) call?.reject(new Error(message.error));
    else call?.resolve(message.value);
  }
}
