import { monotonicOf, type Clock } from '../time/clock.js';
import { addressGroup } from '../device/clientAddress.js';
import type { Failure } from '../registration/event.js';
import type { Timing } from '../timing.js';
import { failure } from '../registration/failure.js';
import type { Permit } from './Permit.js';
import { RateLimiter, type RateLimit } from './RateLimiter.js';

export interface RegistrationLimits {
  /** Register calls on the wire at once. */
  readonly concurrentRegistrations: number;
  /** Devices that wait for such a place. */
  readonly queuedRegistrations: number;
  /** IPv6: per /64. */
  readonly registrationsPerAddress: RateLimit;
  readonly registrationsPerProcess: RateLimit;
}

/**
 * Keeps invented device identifiers from becoming registrations: so many per address and per process, so many on the
 * wire, and a queue of bounded length for the rest.
 */
export class RegistrationBudget {
  readonly #limits: RegistrationLimits;
  readonly #clock: Clock;
  readonly #timing: Timing['admission'];
  readonly #process: RateLimiter;
  readonly #addresses: Map<string, RateLimiter> = new Map();
  readonly #queue: Set<(place: Permit) => void> = new Set();
  #places: number;

  constructor(limits: RegistrationLimits, clock: Clock, timing: Timing['admission']) {
    this.#limits = limits;
    this.#timing = timing;
    this.#clock = clock;
    this.#process = new RateLimiter(limits.registrationsPerProcess, monotonicOf(clock));
    this.#places = limits.concurrentRegistrations;
  }

  /** A place among the registrations on the wire, at once or when one is free; or why there is none. `signal`: nobody wants it any more. */
  async reserve(address: string | undefined, signal: AbortSignal): Promise<Permit | Failure> {
    const refused = this.#spend(address);
    if (refused !== null) return refused;
    if (this.#places > 0) return this.#take();
    if (this.#queue.size >= this.#limits.queuedRegistrations) {
      return limited('too many devices wait to be registered', this.#timing.queueRetryMs);
    }
    return await new Promise<Permit | Failure>((resolve) => {
      const enter = (place: Permit): void => {
        signal.removeEventListener('abort', leave);
        resolve(place);
      };
      const leave = (): void => {
        this.#queue.delete(enter);
        resolve(limited('the queue for registration took too long', this.#timing.queueRetryMs));
      };
      if (signal.aborted) return leave();
      signal.addEventListener('abort', leave, { once: true });
      this.#queue.add(enter);
    });
  }

  #spend(address: string | undefined): Failure | null {
    const now = monotonicOf(this.#clock);
    const bucket = address === undefined ? null : this.#bucketOf(addressGroup(address), now);
    const addressWaitMs = bucket?.spend(now) ?? 0;
    if (addressWaitMs > 0) return limited('too many new devices from one address', addressWaitMs);
    const processWaitMs = this.#process.spend(now);
    if (processWaitMs === 0) return null;
    bucket?.refund();
    return limited('too many new devices on this server', processWaitMs);
  }

  #bucketOf(group: string, now: number): RateLimiter {
    const known = this.#addresses.get(group);
    if (known !== undefined) return known;
    if (this.#addresses.size >= this.#timing.countedAddresses) {
      for (const [other, bucket] of this.#addresses) if (bucket.isFull(now)) this.#addresses.delete(other);
      // Every address is in use: forgetting the oldest is the lesser evil, the process still has its own limit.
      for (const oldest of this.#addresses.keys()) {
        if (this.#addresses.size < this.#timing.countedAddresses) break;
        this.#addresses.delete(oldest);
      }
    }
    const bucket = new RateLimiter(this.#limits.registrationsPerAddress, now);
    this.#addresses.set(group, bucket);
    return bucket;
  }

  #take(): Permit {
    this.#places -= 1;
    let held = true;
    const end = (): void => {
      if (!held) return;
      held = false;
      this.#places += 1;
      for (const enter of this.#queue) {
        this.#queue.delete(enter);
        enter(this.#take());
        return;
      }
    };
    return { end };
  }
}

function limited(message: string, retryAfterMs: number): Failure {
  return failure('registration_limited', message, { retryAfterMs });
}
