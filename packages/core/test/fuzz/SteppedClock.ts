import type { Clock, Timer } from '../../src/time/clock.js';

export interface Settled<Value> {
  readonly tookMs: number;
  readonly outcome: PromiseSettledResult<Value>;
}

interface Pending {
  readonly dueAt: number;
  readonly callback: () => void;
  readonly isBackground: boolean;
}

/** Time that goes from one timer to the next whenever nothing else is left to happen. */
export class SteppedClock implements Clock {
  readonly #pending: Set<Pending> = new Set();
  #now = 1_800_000_000_000;

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  setTimer(callback: () => void, delayMs: number, isBackground = false): Timer {
    const pending = { dueAt: this.#now + Math.max(0, delayMs), callback, isBackground };
    this.#pending.add(pending);
    return { cancel: () => void this.#pending.delete(pending) };
  }

  /** Lets all of `byMs` pass. What is done in the background again and again is done once between two other timers. */
  async pass(byMs: number): Promise<void> {
    const until = this.#now + byMs;
    for (;;) {
      const next = this.#next(({ isBackground, dueAt }) => !isBackground && dueAt <= until);
      const stopAt = next?.dueAt ?? until;
      for (const pending of [...this.#pending]) {
        if (!pending.isBackground || pending.dueAt > stopAt || !this.#pending.has(pending)) continue;
        this.#fire(pending, stopAt);
        await idle();
      }
      if (next === undefined) break;
      this.#fire(next);
      await idle();
    }
    this.#now = until;
    await idle();
  }

  /** The outcome of `work`. Throws if it needs more than `withinMs`, or waits for nothing that could ever come. */
  async settle<Value>(work: Promise<Value>, withinMs: number): Promise<Settled<Value>> {
    const startedAt = this.#now;
    let outcome: PromiseSettledResult<Value> | undefined;
    work.then(
      (value) => (outcome = { status: 'fulfilled', value }),
      (reason: unknown) => (outcome = { status: 'rejected', reason }),
    );
    for (let idleTurns = 0; idleTurns < 4; idleTurns += 1) {
      await idle();
      if (outcome !== undefined) return { tookMs: this.#now - startedAt, outcome };
      const next = this.#next();
      if (next === undefined) continue;
      if (next.dueAt > startedAt + withinMs) throw new Error(`not settled within ${withinMs} ms`);
      this.#fire(next);
      idleTurns = 0;
    }
    throw new Error('hangs: not settled, and no timer is left that could settle it');
  }

  #next(counts: (pending: Pending) => boolean = () => true): Pending | undefined {
    let first: Pending | undefined;
    for (const pending of this.#pending) {
      if (counts(pending) && (first === undefined || pending.dueAt < first.dueAt)) first = pending;
    }
    return first;
  }

  #fire(pending: Pending, at = pending.dueAt): void {
    this.#pending.delete(pending);
    this.#now = Math.max(this.#now, at);
    pending.callback();
  }
}

/** Every promise that can settle has settled. */
export async function idle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
