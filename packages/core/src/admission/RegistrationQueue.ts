import type { Failure } from '../registration/event.js';
import type { Timing } from '../timing.js';
import {
  asOf,
  firstConcurrency,
  nextLimit,
  queueLength,
  queueMs,
  type Answered,
  type Concurrency,
  type ConcurrencyBounds,
} from './concurrency.js';
import { limited } from './limited.js';
import type { Permit } from './Permit.js';

export interface QueueLimits {
  /** Register calls on the wire at once, at most. */
  readonly concurrentRegistrations: number;
  /** Devices that wait for such a place, at most; fewer, where not so many could be served in time. */
  readonly queuedRegistrations: number;
}

/** The places on the wire, and the devices that wait for one, in the order in which they came. */
export class RegistrationQueue {
  readonly #limits: QueueLimits;
  readonly #timing: Timing['admission'];
  readonly #bounds: ConcurrencyBounds;
  readonly #waiting: Set<() => void> = new Set();
  #concurrency: Concurrency;
  #taken = 0;

  constructor(limits: QueueLimits, timing: Timing['admission']) {
    this.#limits = limits;
    this.#timing = timing;
    const { concurrentRegistrations: most } = limits;
    const first = Math.min(timing.concurrentAtFirst, most);
    this.#bounds = { first, least: Math.min(timing.concurrentAtLeast, most), most };
    this.#concurrency = firstConcurrency(first);
  }

  get areWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** A place, at once or when one is free; or why there is none. `signal`: nobody wants it any more. `now`: of the monotonic clock. */
  async enter(signal: AbortSignal, now: number): Promise<Permit | Failure> {
    if (signal.aborted) return this.#leftTooLate();
    this.#concurrency = asOf(this.#concurrency, now, this.#bounds);
    if (this.#isFree) return this.#take();
    const length = Math.min(
      this.#limits.queuedRegistrations,
      queueLength(this.#concurrency, this.#timing.queueDeadlineMs),
    );
    if (this.#waiting.size >= length)
      return limited('too many devices wait to be registered', this.#waitMs());
    return await new Promise<Permit | Failure>((resolve) => {
      const enter = (): void => {
        signal.removeEventListener('abort', leave);
        resolve(this.#take());
      };
      const leave = (): void => {
        this.#waiting.delete(enter);
        resolve(this.#leftTooLate());
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.add(enter);
    });
  }

  /** A register call has been answered, or never will be. */
  answered(how: Answered): void {
    this.#concurrency = nextLimit(this.#concurrency, how, this.#bounds);
    this.#admit();
  }

  get #isFree(): boolean {
    return this.#taken < Math.floor(this.#concurrency.limit);
  }

  #take(): Permit {
    this.#taken += 1;
    let held = true;
    const end = (): void => {
      if (!held) return;
      held = false;
      this.#taken -= 1;
      this.#admit();
    };
    return { end };
  }

  #admit(): void {
    for (const enter of this.#waiting) {
      if (!this.#isFree) return;
      this.#waiting.delete(enter);
      enter();
    }
  }

  /** As long as the last in the queue waits: whoever comes then finds it short. */
  #waitMs(): number {
    const waitMs = Math.ceil(queueMs(this.#concurrency, this.#waiting.size));
    return Math.max(this.#timing.queueRetryMs, waitMs);
  }

  #leftTooLate(): Failure {
    return limited('the queue for registration took too long', this.#waitMs());
  }
}
