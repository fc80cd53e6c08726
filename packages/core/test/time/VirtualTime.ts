import type { Clock, Timer } from '../../src/time/clock.js';

interface Due {
  readonly at: number;
  readonly callback: () => void;
}

/** Time for a whole fleet: it stands still but for `run`, which lets everything happen that is due, in its order. */
export class VirtualTime implements Clock {
  readonly #due: Set<Due> = new Set();
  #now = Date.UTC(2026, 10, 30);

  now(): number {
    return this.#now;
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    const due = { at: this.#now + Math.max(0, delayMs), callback };
    this.#due.add(due);
    return { cancel: () => this.#due.delete(due) };
  }

  async sleep(forMs: number): Promise<void> {
    await new Promise<void>((resolve) => this.setTimer(resolve, forMs));
  }

  async run(forMs: number): Promise<void> {
    const until = this.#now + forMs;
    for (;;) {
      // What was due has consequences of its own.
      await new Promise((resolve) => setImmediate(resolve));
      let at = Infinity;
      for (const due of this.#due) at = Math.min(at, due.at);
      if (at > until) break;
      this.#now = Math.max(this.#now, at);
      for (const due of this.#due) if (due.at <= at && this.#due.delete(due)) due.callback();
    }
    this.#now = until;
  }
}

/** The clock of one process: it may be wrong, and be set. */
export class ProcessClock implements Clock {
  readonly #time: VirtualTime;
  aheadMs: number;

  constructor(time: VirtualTime, aheadMs = 0) {
    this.#time = time;
    this.aheadMs = aheadMs;
  }

  now(): number {
    return this.#time.now() + this.aheadMs;
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    return this.#time.setTimer(callback, delayMs);
  }
}
