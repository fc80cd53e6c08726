import { setMaxListeners } from 'node:events';

/** From the making of something to its end: work that still runs when the end begins is waited for. */
export class Lifetime {
  readonly #closing: AbortController = new AbortController();
  readonly #running: Set<Promise<unknown>> = new Set();

  constructor() {
    // Every call that waits listens to it.
    setMaxListeners(0, this.#closing.signal);
  }

  /** Aborted when the end begins, with its reason. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  readonly isClosing = (): boolean => this.#closing.signal.aborted;

  /** Keeps a promise until it has settled, so that nothing floats. */
  readonly track = (work: Promise<unknown>): void => {
    const forget = (): void => void this.#running.delete(work);
    this.#running.add(work);
    work.then(forget, forget);
  };

  end(reason: unknown): void {
    this.#closing.abort(reason);
  }

  /** What ends may start a last effect, such as giving a lease back: until nothing runs any more. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
