import type { Clock } from '../../src/time/clock.js';

/** Time that stands still until a test advances it. */
export class ManualClock implements Clock {
  readonly #timers = new Set<{ readonly dueAt: number; readonly callback: () => void }>();
  #now = 1_800_000_000_000;

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  setTimer(callback: () => void, delayMs: number): { cancel(): void } {
    const timer = { dueAt: this.#now + delayMs, callback };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  get pendingTimers(): number {
    return this.#timers.size;
  }

  advance(byMs: number): void {
    this.#now += byMs;
    const due = [...this.#timers]
      .filter(({ dueAt }) => dueAt <= this.#now)
      .toSorted((a, b) => a.dueAt - b.dueAt);
    for (const timer of due) {
      if (this.#timers.delete(timer)) timer.callback();
    }
  }
}
