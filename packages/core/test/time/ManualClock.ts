import type { Clock } from '../../src/time/clock.js';

/** Time that stands still until a test advances it. */
export class ManualClock implements Clock {
  readonly #timers = new Set<{ dueAt: number; readonly callback: () => void }>();
  #now = 1_800_000_000_000;
  #steppedMs = 0;

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now - this.#steppedMs;
  }

  /** Somebody sets the clock. */
  step(byMs: number): void {
    this.#now += byMs;
    this.#steppedMs += byMs;
    for (const timer of this.#timers) timer.dueAt += byMs;
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
