import { monotonicOf, type Clock } from '../time/clock.js';
import type { Timing } from '../timing.js';
import { membersOf } from './rowsIn.js';
import type { Found, SharedRecords } from '../cache/SharedRecords.js';

export interface ProbeOptions {
  readonly clock: Clock;
  readonly records: SharedRecords;
  readonly key: string;
  readonly timing: Timing['replacement'];
}

/**
 * During an incident one refused device of the fleet asks, for all. Its record is a lease that ends by itself, also where
 * its holder gets no answer; once a refused device was served it says for as long that all may ask.
 */
export class Probe {
  readonly #options: ProbeOptions;
  #last: { readonly tag: string; readonly at: number } | null = null;
  #triedAt = -Infinity;
  #opening: Promise<void> | null = null;

  constructor(options: ProbeOptions) {
    this.#options = options;
  }

  /** @throws PassError `cache_unavailable` */
  async look(): Promise<Found> {
    return await this.#options.records.look(this.#options.key);
  }

  /** Whether this device is the one. Another process is next, and of this one another device. @throws PassError `cache_unavailable` */
  async take(tag: string, seen: Found): Promise<boolean> {
    if (seen.value !== undefined || !this.#isNext(tag)) return false;
    const { clock, records, key, timing } = this.#options;
    const before = this.#last;
    const now = monotonicOf(clock);
    this.#triedAt = now;
    this.#last = { tag, at: now };
    const isTaken = await records.take(key, { value: {}, ttlMs: timing.probeMs });
    if (!isTaken) this.#last = before;
    return isTaken;
  }

  /** A refused device was served. Nobody waits for it. @throws PassError `cache_unavailable` */
  async open(): Promise<void> {
    this.#opening ??= this.#write().finally(() => (this.#opening = null));
    await this.#opening;
  }

  #isNext(tag: string): boolean {
    const { clock, timing } = this.#options;
    const now = monotonicOf(clock);
    // Another process was faster, and thousands may wait in this one.
    if (now - this.#triedAt < timing.lookEveryMs) return false;
    if (this.#last === null) return true;
    const othersFirstMs = timing.probeMs + timing.probeLeadMs;
    const waitMs = this.#last.tag === tag ? othersFirstMs + timing.probeOtherDeviceMs : othersFirstMs;
    return now - this.#last.at >= waitMs;
  }

  async #write(): Promise<void> {
    const { records, key, timing } = this.#options;
    await records.change(key, (value) =>
      saysAllMayAsk(value) ? null : { value: { o: 1 }, ttlMs: timing.probeMs },
    );
  }
}

export function saysAllMayAsk(value: unknown): boolean {
  return membersOf(value)['o'] === 1;
}
