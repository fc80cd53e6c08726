import type { Clock } from '../clock.js';
import type { Failure } from '../registration/event.js';
import { failure } from './failures.js';

const windowMs = 5 * 60_000;
const leastReplacements = 5;
const partOfDevices = 0.001;

/**
 * One lost pair is a device's misfortune; many at once are an incident, and replacing them would sign out the audience.
 * More than max(5, 0.1 % of the devices seen) in five minutes, and nothing is replaced until the window has passed.
 */
export class ReplacementFuse {
  readonly #clock: Clock;
  readonly #devicesSeen: () => number;
  #permittedAt: readonly number[] = [];

  constructor(clock: Clock, devicesSeen: () => number) {
    this.#clock = clock;
    this.#devicesSeen = devicesSeen;
  }

  /** Milliseconds until a replacement is possible again; 0: possible. */
  get openForMs(): number {
    const now = this.#clock.now();
    const recent = this.#permittedAt.filter((at) => at > now - windowMs);
    const allowed = Math.max(leastReplacements, Math.floor(this.#devicesSeen() * partOfDevices));
    const oldest = recent[recent.length - allowed];
    return recent.length < allowed || oldest === undefined ? 0 : oldest + windowMs - now;
  }

  /** `null`: go ahead. */
  permit(): Failure | null {
    const now = this.#clock.now();
    const openForMs = this.openForMs;
    if (openForMs > 0) {
      return failure('replacement_suspended', 'too many devices lost their credentials within minutes; none is replaced', {
        retryAfterMs: openForMs,
      });
    }
    this.#permittedAt = [...this.#permittedAt.filter((at) => at > now - windowMs), now];
    return null;
  }
}
