import type { Clock, Timer } from '../time/clock.js';

interface Pending {
  readonly callback: () => void;
  /** Of the monotonic clock. */
  readonly dueAt: number;
  readonly isBackground: boolean;
  handle: NodeJS.Timeout;
}

/** Real time plus an offset that a test moves: an advance fires at once every timer that has come due by it. */
export class AdjustableClock implements Clock {
  #offsetMs: number;
  #steppedMs = 0;
  readonly #pending: Set<Pending> = new Set();

  constructor(offsetMs = 0) {
    this.#offsetMs = offsetMs;
  }

  now(): number {
    return Date.now() + this.#offsetMs + this.#steppedMs;
  }

  monotonic(): number {
    return Math.floor(performance.now()) + this.#offsetMs;
  }

  setTimer(callback: () => void, delayMs: number, isBackground = false): Timer {
    const fire = (): void => {
      this.#pending.delete(pending);
      callback();
    };
    const handle = timeout(fire, delayMs, isBackground);
    const pending: Pending = { callback: fire, dueAt: this.monotonic() + delayMs, isBackground, handle };
    this.#pending.add(pending);
    return {
      cancel: () => {
        clearTimeout(pending.handle);
        this.#pending.delete(pending);
      },
    };
  }

  /** Moves time on. */
  advance(byMs: number): void {
    this.setOffset(this.#offsetMs + byMs);
  }

  /** Somebody sets the clock, or the machine was suspended: no timer knows of it, nor does the monotonic clock. */
  step(byMs: number): void {
    this.#steppedMs += byMs;
  }

  /** Milliseconds between this clock and real time. */
  setOffset(offsetMs: number): void {
    this.#offsetMs = offsetMs;
    const now = this.monotonic();
    const due = [...this.#pending].filter(({ dueAt }) => dueAt <= now).toSorted((a, b) => a.dueAt - b.dueAt);
    for (const pending of this.#pending) {
      clearTimeout(pending.handle);
      if (pending.dueAt > now)
        pending.handle = timeout(pending.callback, pending.dueAt - now, pending.isBackground);
    }
    for (const pending of due) if (this.#pending.has(pending)) pending.callback();
  }
}

function timeout(callback: () => void, delayMs: number, isBackground: boolean): NodeJS.Timeout {
  const handle = setTimeout(callback, delayMs);
  return isBackground ? handle.unref() : handle;
}
