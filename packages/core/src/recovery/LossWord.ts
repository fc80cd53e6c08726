import type { KeySpace } from '../cache/keySpace.js';
import type { BackgroundTimers } from '../time/BackgroundTimers.js';
import { monotonicOf, type Clock } from '../time/clock.js';
import type { Timing } from '../timing.js';
import { noRanges, toHex, union, type Ranges } from './ranges.js';
import type { RegistrationHoldOff } from './RegistrationHoldOff.js';

export interface LossWordOptions {
  readonly clock: Clock;
  readonly timers: BackgroundTimers;
  readonly timing: Timing['recovery'];
  readonly keySpace: KeySpace;
  readonly holdOff: RegistrationHoldOff;
  readonly track: (work: Promise<unknown>) => void;
}

/** What this process tells the others of a loss, and what they have told it. Seldom, and never lost: it is said later. */
export class LossWord {
  readonly #options: LossWordOptions;
  /** Where the oldest pair was missing, and nobody was told. */
  #wiped: Ranges = noRanges;
  #heardWiped: Ranges = noRanges;
  #saidAt = -Infinity;
  #isDue = false;
  #isTellingHold = false;
  #holdIsDue = false;

  constructor(options: LossWordOptions) {
    this.#options = options;
  }

  /** The oldest pair of the range was missing: others may have lost all that they had of it. */
  foundWiped(range: number): void {
    this.#wiped = union(this.#wiped, [range]);
  }

  /** Another process has said it: whoever heard has looked, or will. */
  heard(wiped: Ranges): void {
    const now = monotonicOf(this.#options.clock);
    const { tellLossEveryMs } = this.#options.timing;
    this.#heardWiped = now - this.#saidAt < tellLossEveryMs ? union(this.#heardWiped, wiped) : wiped;
    this.#saidAt = now;
  }

  /** That pairs were missing: now, or as soon as it may be said again. */
  tell(): void {
    const { clock, timers, timing, track } = this.#options;
    if (this.#isDue) return;
    const waitMs = this.#saidAt + timing.tellLossEveryMs - monotonicOf(clock);
    if (waitMs <= 0) {
      track(this.#say());
      return;
    }
    this.#isDue = true;
    timers.start(waitMs, () => {
      this.#isDue = false;
      track(this.#say());
    });
  }

  /** Where registrations are held off. `missingIn`: pairs of a range that are not known to be back. What is to be said meanwhile is said afterwards. */
  tellHold(missingIn: (range: number) => number): void {
    const { timers, timing, track } = this.#options;
    this.#holdIsDue = true;
    if (this.#isTellingHold) return;
    this.#isTellingHold = true;
    this.#holdIsDue = false;
    track(this.#sayHold(missingIn));
    timers.start(timing.tellHoldAgainMs, () => {
      this.#isTellingHold = false;
      if (this.#holdIsDue) this.tellHold(missingIn);
    });
  }

  async #sayHold(missingIn: (range: number) => number): Promise<void> {
    try {
      await this.#options.holdOff.tellOthers(missingIn);
    } catch {
      this.#holdIsDue = true;
    }
  }

  async #say(): Promise<void> {
    const { clock, keySpace } = this.#options;
    const wiped = this.#wiped;
    this.#wiped = noRanges;
    this.#saidAt = monotonicOf(clock);
    try {
      // Where the record is gone, it is made before.
      await keySpace.verify();
      if (await keySpace.tellLoss(toHex(wiped))) return;
    } catch {
      // It cannot be asked now.
    }
    this.#wiped = union(this.#wiped, wiped);
    this.tell();
  }
}
