import type { Clock, Timer } from '../time/clock.js';

interface Pending {
  readonly callback: () => void;
  /** Epoch milliseconds of this clock. */
  readonly dueAt: number;
  readonly isBackground: boolean;
  handle: NodeJS.Timeout;
}

/** Real time plus an offset that a test moves: an advance fires at once every timer that has come due by it. */
export class AdjustableClock implements Clock {
  #offsetMs: number;
  readonly #pending: Set<Pending> = new Set();

  constructor(offsetMs = 0) {
    this.#offsetMs = offsetMs;
  }

  now(): number {
    return Date.now() + this.#offsetMs;
  }

  monotonic(): number {
    return performance.now() + this.#offsetMs;
  }

  setTimer(callback: () => void, delayMs: number, isBackground = false): Timer {
    const fire = (): void => {
      this.#pending.delete(pending);
      callback();
    };
    const handle = timeout(fire, delayMs, isBackground);
    const pending: Pending = { callback: fire, dueAt: this.now() + delayMs, isBackground, handle };
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

  /** Milliseconds between this clock and real time. */
  setOffset(offsetMs: number): void {
    this.#offsetMs = offsetMs;
    const now = this.now();
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
