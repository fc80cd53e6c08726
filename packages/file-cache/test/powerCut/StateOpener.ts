import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CrashState } from './crashStates.js';

export type OpenOutcome =
  | { readonly kind: 'opened'; readonly missing: readonly string[] }
  /** It fails closed, and says why. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'killed'; readonly signal: string };

const script = fileURLToPath(new URL('openStates.mjs', import.meta.url));

/** Opens states in a process of its own, and another one if that ends. */
export class StateOpener {
  readonly #folder: string;
  #child: ChildProcess | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async open({ bytes, keys }: CrashState): Promise<OpenOutcome> {
    const child = await this.#start();
    const path = join(this.#folder, 'state');
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path);
    writeFileSync(join(path, 'data.mdb'), bytes);
    const end = new AbortController();
    const answer = once(child, 'message', end).then(([outcome]) => outcome as OpenOutcome);
    const ended = once(child, 'exit', end).then(([code, signal]): OpenOutcome => {
      this.#child = null;
      return { kind: 'killed', signal: String(signal ?? code) };
    });
    child.send({ path, keys });
    try {
      return await Promise.race([answer, ended]);
    } finally {
      answer.catch(() => undefined);
      ended.catch(() => undefined);
      end.abort();
    }
  }

  async close(): Promise<void> {
    if (this.#child === null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  async #start(): Promise<ChildProcess> {
    if (this.#child !== null) return this.#child;
    const child = fork(script, [], { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    this.#child = child;
    await once(child, 'message');
    return child;
  }
}
