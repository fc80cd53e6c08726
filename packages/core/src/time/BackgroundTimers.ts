import type { Clock, Timer } from './clock.js';

/** Timers that no process has to stay for, and that end together. */
export class BackgroundTimers {
  readonly #clock: Clock;
  readonly #pending: Set<Timer> = new Set();
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `callback` once, `delayMs` from now, unless `close` comes first. */
  start(delayMs: number, callback: () => void): void {
    if (this.#isClosed) return;
    const timer = this.#clock.setTimer(
      () => {
        this.#pending.delete(timer);
        callback();
      },
      delayMs,
      true,
    );
    this.#pending.add(timer);
  }

  /** Cancels all; none is started any more. */
  close(): void {
    this.#isClosed = true;
    for (const timer of this.#pending) timer.cancel();
    this.#pending.clear();
  }
}
