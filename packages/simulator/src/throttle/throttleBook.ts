import { admit, type ThrottleBurst, type ThrottleState } from './throttle.js';

const sweepEvery = 4096;

/** The allowance of every address. All counted endpoints share it. */
export class ThrottleBook {
  readonly #model: ThrottleBurst;
  readonly #states = new Map<string, ThrottleState>();
  #admittedSinceSweep = 0;

  constructor(model: ThrottleBurst) {
    this.#model = model;
  }

  admit(key: string, now: number): boolean {
    const { admitted, state } = admit(this.#model, this.#states.get(key), now);
    this.#states.set(key, state);
    this.#sweep(now);
    return admitted;
  }

  clear(): void {
    this.#states.clear();
  }

  /** An address whose burst is full again is as good as unseen. The one-time burst has to be remembered for ever. */
  #sweep(now: number): void {
    this.#admittedSinceSweep += 1;
    if (this.#admittedSinceSweep < sweepEvery) return;
    this.#admittedSinceSweep = 0;
    for (const [key, state] of this.#states) {
      if (state.burst === 'recovering' && now - state.lastAt > state.excessMilli + 1000)
        this.#states.delete(key);
    }
  }
}
