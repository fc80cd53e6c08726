import { addressGroup } from '../device/clientAddress.js';
import type { Failure } from '../registration/event.js';
import type { Timing } from '../timing.js';
import { limited } from './limited.js';
import { networkOf } from './networkOf.js';
import { RateLimiter, type RateLimit } from './RateLimiter.js';

export interface AllowanceLimits {
  /** IPv6: per /64. */
  readonly registrationsPerAddress: RateLimit;
  readonly registrationsPerProcess: RateLimit;
}

/** What a registration has cost; `refund` gives it back where none was made. */
export interface Charge {
  readonly refund: () => void;
}

/**
 * How many devices may be registered: so many for each address, and so many for all of this process. Part of the latter is
 * kept for networks that have not used what one address may: whoever has a whole network of addresses cannot use it up.
 */
export class Allowances {
  readonly #limits: AllowanceLimits;
  readonly #timing: Timing['admission'];
  readonly #process: RateLimiter;
  /** What is not kept for others. */
  readonly #common: RateLimiter;
  readonly #addresses: Map<string, RateLimiter> = new Map();
  readonly #networks: Map<string, RateLimiter> = new Map();

  constructor(limits: AllowanceLimits, timing: Timing['admission'], now: number) {
    this.#limits = limits;
    this.#timing = timing;
    const { burst, perSecond } = limits.registrationsPerProcess;
    const part = 1 - timing.keptForOtherNetworksPart;
    this.#process = new RateLimiter(limits.registrationsPerProcess, now);
    this.#common = new RateLimiter({ burst: Math.max(1, burst * part), perSecond: perSecond * part }, now);
  }

  /** `now`: of the monotonic clock. */
  charge(address: string | undefined, now: number): Charge | Failure {
    const group = address === undefined ? null : addressGroup(address);
    const bucket = group === null ? null : this.#bucketOf(this.#addresses, group, now);
    const addressWaitMs = bucket?.spend(now) ?? 0;
    if (addressWaitMs > 0) return limited('too many new devices from one address', addressWaitMs);
    const network = group === null ? null : this.#bucketOf(this.#networks, networkOf(group), now);
    const isModest = network?.spend(now) === 0;
    const spent = [bucket, isModest ? network : null];
    const refund = (): void => {
      for (const limiter of spent) limiter?.refund();
    };
    const commonWaitMs = isModest ? 0 : this.#common.spend(now);
    if (!isModest && commonWaitMs === 0) spent.push(this.#common);
    const waitMs = commonWaitMs > 0 ? commonWaitMs : this.#process.spend(now);
    if (waitMs > 0) {
      refund();
      return limited('too many new devices on this server', waitMs);
    }
    spent.push(this.#process);
    return { refund };
  }

  #bucketOf(buckets: Map<string, RateLimiter>, name: string, now: number): RateLimiter {
    const known = buckets.get(name);
    if (known !== undefined) return known;
    if (buckets.size >= this.#timing.countedAddresses) {
      for (const [other, bucket] of buckets) if (bucket.isFull(now)) buckets.delete(other);
      // Every address is in use: forgetting the oldest is the lesser evil, the process still has its own limit.
      for (const oldest of buckets.keys()) {
        if (buckets.size < this.#timing.countedAddresses) break;
        buckets.delete(oldest);
      }
    }
    const bucket = new RateLimiter(this.#limits.registrationsPerAddress, now);
    buckets.set(name, bucket);
    return bucket;
  }
}
