import type { Clock } from '../time/clock.js';
import { settledOrAborted } from '../time/settledOrAborted.js';

/** One at a time does what all wait for. */
export class Turns {
  #turn: Promise<void> | null = null;
  #end: () => void = () => undefined;
  endPause: () => void = () => undefined;

  get isTaken(): boolean {
    return this.#turn !== null;
  }

  /** The turn, as what ends it; `null`: somebody has it. */
  take(): (() => void) | null {
    if (this.#turn !== null) return null;
    const { promise, resolve } = deferred();
    this.#turn = promise;
    const end = (): void => {
      if (this.#turn === promise) this.#turn = null;
      resolve();
    };
    this.#end = end;
    return end;
  }

  /** Resolves when the present turn has ended, or with `signal`. */
  async ended(signal: AbortSignal): Promise<void> {
    if (this.#turn !== null) await settledOrAborted(this.#turn, signal);
  }

  /** For whoever has the turn: waits, but not past `endPause` or `signal`. */
  async pause(clock: Clock, forMs: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = deferred();
    const timer = clock.setTimer(resolve, forMs);
    this.endPause = resolve;
    await settledOrAborted(promise, signal);
    timer.cancel();
  }

  /** Nobody waits for the present turn any more, though whoever has it may not have finished. */
  endAll(): void {
    this.endPause();
    this.#end();
  }
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
