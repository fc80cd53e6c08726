import type { BackgroundTimers } from '../time/BackgroundTimers.js';
import { monotonicOf, type Clock } from '../time/clock.js';
import type { Timing } from '../timing.js';

export interface NeighbourLooksOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly timers: BackgroundTimers;
  readonly timing: Pick<Timing['recovery'], 'neighboursEveryMs' | 'neighboursAtMostEveryMs'>;
  /** Looks at the neighbours of all ranges. */
  readonly look: () => void;
}

/** When the neighbours of all ranges are looked at. */
export class NeighbourLooks {
  readonly #options: NeighbourLooksOptions;
  /** When the last of those was that may not be frequent. */
  #lookedSoonAt = -Infinity;
  #isDue = false;

  constructor(options: NeighbourLooksOptions) {
    this.#options = options;
  }

  /** From now on once a minute; not all processes at the same instant. */
  start(): void {
    const { random, timers, timing } = this.#options;
    const everyMinute = (): void => {
      timers.start(timing.neighboursEveryMs, () => {
        this.look();
        everyMinute();
      });
    };
    timers.start(timing.neighboursEveryMs * random(), () => {
      this.look();
      everyMinute();
    });
  }

  /** Now. */
  look(): void {
    this.#options.look();
  }

  /** Now, or once the last of these looks is long enough ago. Returns whether now. */
  lookSoon(): boolean {
    const { clock, timers, timing } = this.#options;
    const now = monotonicOf(clock);
    const waitMs = this.#lookedSoonAt + timing.neighboursAtMostEveryMs - now;
    if (waitMs <= 0) {
      this.#lookedSoonAt = now;
      this.look();
      return true;
    }
    if (!this.#isDue) {
      this.#isDue = true;
      timers.start(waitMs, () => {
        this.#isDue = false;
        this.#lookedSoonAt = monotonicOf(clock);
        this.look();
      });
    }
    return false;
  }
}
