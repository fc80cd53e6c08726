import type { Clock } from '../time/clock.js';
import { membersOf, numbersIn } from './rowsIn.js';
import type { Found, SharedRecords } from '../cache/SharedRecords.js';

interface Allowed {
  readonly left: number;
  /** Epoch milliseconds. */
  readonly until: number;
  readonly forMs: number;
}

export interface AllowanceOptions {
  readonly clock: Clock;
  readonly records: SharedRecords;
  readonly key: string;
}

/** The operator's word that more pairs may be changed than there are places. It counts down, and ends by itself. */
export class Allowance {
  readonly #options: AllowanceOptions;

  constructor(options: AllowanceOptions) {
    this.#options = options;
  }

  /** @throws PassError `cache_unavailable` */
  async look(): Promise<Found> {
    return await this.#options.records.look(this.#options.key);
  }

  /** Whether what was found still allows one. */
  stands({ value }: Found): boolean {
    return allowedIn(value, this.#options.clock.now()) !== null;
  }

  /** Instead of what was allowed before. Whether it is so now. @throws PassError `cache_unavailable` */
  async set(forMs: number, maxDevices: number): Promise<boolean> {
    const { clock, records, key } = this.#options;
    const allowed = { left: maxDevices, until: clock.now() + forMs, forMs };
    return await records.change(key, () => ({ value: stored(allowed), ttlMs: forMs }));
  }

  /** Whether there was one left, and is taken. @throws PassError `cache_unavailable` */
  async take(): Promise<boolean> {
    const { clock, records, key } = this.#options;
    let isLeft = false;
    const isWritten = await records.change(key, (value) => {
      const now = clock.now();
      const allowed = allowedIn(value, now);
      isLeft = allowed !== null;
      if (allowed === null) return null;
      return { value: stored({ ...allowed, left: allowed.left - 1 }), ttlMs: allowed.until - now };
    });
    return isWritten && isLeft;
  }
}

function stored({ left, until, forMs }: Allowed): unknown {
  return { a: [left, until, forMs] };
}

/** An end that is further away than the word was meant to last was set by a clock that was wrong: it is over. */
function allowedIn(value: unknown, now: number): Allowed | null {
  const { a } = membersOf(value);
  const [left, until, forMs] = numbersIn(Array.isArray(a) ? a : [], 3) ?? [];
  if (left === undefined || until === undefined || forMs === undefined) return null;
  return left >= 1 && until > now && until - now <= forMs ? { left, until, forMs } : null;
}
