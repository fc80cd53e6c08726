import { monotonicOf, type Clock } from './clock.js';
import type { Timing } from '../timing.js';

type SteadyTiming = Pick<Timing['devices'], 'clockStepMs' | 'clockLookEveryMs'>;

/**
 * Time as the memory of one process counts it: milliseconds since it began, by the monotonic clock, so that nothing in it
 * ends or comes to life because somebody has set the system's clock.
 *
 * The monotonic clock of Linux stands still while a machine is suspended, and so does this. That hours have passed shows
 * only beside the wall clock, where it looks like a step of that.
 */
export class SteadyTime {
  readonly #clock: Clock;
  readonly #timing: SteadyTiming;
  readonly #beganAt: number;
  /** What `epoch` was when the clocks last agreed with it. */
  #knownEpoch: number;
  #lookAgainMs = 0;

  constructor(clock: Clock, timing: SteadyTiming) {
    this.#clock = clock;
    this.#timing = timing;
    this.#beganAt = monotonicOf(clock);
    this.#knownEpoch = this.epoch;
  }

  nowMs(): number {
    return monotonicOf(this.#clock) - this.#beganAt;
  }

  /** Epoch milliseconds at which this began, as the wall clock has it now: it moves with each step of that. */
  get epoch(): number {
    return this.#clock.now() - this.nowMs();
  }

  /**
   * Whether the wall clock has stepped since this last said so, or the machine was suspended. Of two steps within
   * `clockLookEveryMs` it says only one, and beside that costs a comparison. `nowMs`: of this time.
   */
  hasStepped(nowMs: number): boolean {
    if (nowMs < this.#lookAgainMs) return false;
    this.#lookAgainMs = nowMs + this.#timing.clockLookEveryMs;
    const { epoch } = this;
    if (!this.hasSteppedSince(epoch)) return false;
    this.#knownEpoch = epoch;
    return true;
  }

  /** Whether a step is known that came after `epoch` was what it says. */
  hasSteppedSince(epoch: number): boolean {
    return Math.abs(epoch - this.#knownEpoch) > this.#timing.clockStepMs;
  }
}
