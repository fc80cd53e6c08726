import { publish } from '../diagnostics.js';
import { monotonicOf, type Clock } from '../time/clock.js';
import type { Timing } from '../timing.js';

/** How far a recovery has come, as the events tell it: not for each pair, and a last time when none is missing. */
export class RecoveryProgress {
  readonly #clock: Clock;
  readonly #timing: Timing['recovery'];
  #putBack = 0;
  #countedAt = -Infinity;
  #toldAt = -Infinity;

  constructor(clock: Clock, timing: Timing['recovery']) {
    this.#clock = clock;
    this.#timing = timing;
  }

  /** A pair is back. */
  putBack(): void {
    this.#putBack += 1;
  }

  /** A loss that nobody was told of yet: so many pairs are looked for. */
  tellLoss(pairsToCheck: number): void {
    publish({ type: 'cacheLostData', pairsToCheck, heldOffMs: this.#timing.heldOffAfterLossMs });
    this.#toldAt = monotonicOf(this.#clock);
  }

  /** Whether it is time to count what is left; from now on it has been counted. */
  isDue(left: number): boolean {
    const now = monotonicOf(this.#clock);
    if (left > 0 && now - this.#countedAt < this.#timing.releaseEveryMs) return false;
    this.#countedAt = now;
    return true;
  }

  /** Says what was put back, where anything was and it is time to say so. */
  tell(left: number): void {
    const now = monotonicOf(this.#clock);
    if (this.#putBack > 0 && (left === 0 || now - this.#toldAt >= this.#timing.extendHoldEveryMs)) {
      this.#toldAt = now;
      publish({ type: 'pairsPutBack', pairsLeft: left, pairsPutBack: this.#putBack });
    }
    if (left === 0) this.#putBack = 0;
  }
}
