import type { Clock } from '../time/clock.js';
import type { Failure } from '../registration/event.js';
import type { Timing } from '../timing.js';
import { failure } from '../registration/failure.js';

/**
 * One lost pair is a device's misfortune; many at once are an incident, and replacing them would sign out the audience.
 * More than max(5, 0.1 % of the devices seen) in five minutes, and nothing is replaced until the window has passed.
 */
export class ReplacementFuse {
  readonly #clock: Clock;
  readonly #devicesSeen: () => number;
  readonly #timing: Timing['admission'];
  /** By device tag: when its replacement was permitted, epoch milliseconds, in that order. */
  readonly #permitted: Map<string, number> = new Map();

  constructor(clock: Clock, devicesSeen: () => number, timing: Timing['admission']) {
    this.#clock = clock;
    this.#timing = timing;
    this.#devicesSeen = devicesSeen;
  }

  /** Milliseconds until the replacement of one more device is possible; 0: possible now. */
  get openForMs(): number {
    const now = this.#clock.now();
    const { fuseWindowMs, fuseDevices, fusePartOfDevices } = this.#timing;
    for (const [tag, at] of this.#permitted) {
      if (at > now - fuseWindowMs) break;
      this.#permitted.delete(tag);
    }
    const allowed = Math.max(fuseDevices, Math.floor(this.#devicesSeen() * fusePartOfDevices));
    const excess = this.#permitted.size - allowed;
    if (excess < 0) return 0;
    const next = [...this.#permitted.values()][excess];
    return next === undefined ? 0 : next + fuseWindowMs - now;
  }

  /** `null`: go ahead. Counts devices: a second attempt for one is no second incident. */
  permit(tag: string): Failure | null {
    const retryAfterMs = this.openForMs;
    if (this.#permitted.has(tag)) return null;
    if (retryAfterMs > 0) {
      return failure(
        'replacement_suspended',
        'too many devices lost their credentials within minutes; none is replaced',
        { retryAfterMs },
      );
    }
    this.#permitted.set(tag, this.#clock.now());
    return null;
  }
}
