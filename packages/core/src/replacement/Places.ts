import type { KeyNames } from '../cache/keyNames.js';
import type { Clock } from '../time/clock.js';
import { timeLeftMs } from '../registration/timeLeft.js';
import type { Timing } from '../timing.js';
import { membersOf, numbersIn } from './rowsIn.js';
import type { Found, SharedRecords } from '../cache/SharedRecords.js';

export interface PlacesOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly records: SharedRecords;
  readonly names: KeyNames;
  readonly timing: Timing['replacement'];
}

/**
 * The fuse of the fleet: whoever changes the pair of a device takes a place first, and each place stays taken for five
 * minutes. The cache keeps that time, so no process's clock matters, and the bound holds in any five minutes.
 */
export class Places {
  readonly #options: PlacesOptions;

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  /**
   * Milliseconds until there may be a place for the device; 0: there is one now, or was. `servedByOne`: devices of the
   * process that served most. @throws PassError `cache_unavailable`
   */
  async waitMs(servedByOne: number): Promise<number> {
    const { records, timing } = this.#options;
    const found = await records.lookAt(this.#some(servedByOne));
    return Math.min(...found.map((each) => this.#leftMs(each, timing.placeMs)));
  }

  /** Milliseconds until the pair of a device may be changed once more: it was changed often enough. @throws PassError `cache_unavailable` */
  async changedEnoughForMs(tag: string): Promise<number> {
    const { records, names, timing } = this.#options;
    const found = await records.look(names.ofChanges(tag));
    const { n } = membersOf(found.value);
    const isEnough = typeof n === 'number' && n >= timing.changes;
    return isEnough ? this.#leftMs(found, timing.changesKeptMs) : 0;
  }

  /** Whether one was free, and is taken. @throws PassError `cache_unavailable` */
  async take(servedByOne: number): Promise<boolean> {
    const { records, clock, timing } = this.#options;
    for (const key of this.#some(servedByOne)) {
      if (await records.take(key, { value: { t: clock.now() }, ttlMs: timing.placeMs })) return true;
    }
    return false;
  }

  /** Whether it is noted that the pair of the device is changed once more. @throws PassError `cache_unavailable` */
  async noteChange(tag: string): Promise<boolean> {
    const { records, names, clock, timing } = this.#options;
    return await records.change(names.ofChanges(tag), (value) => {
      const { n } = membersOf(value);
      const before = typeof n === 'number' ? n : 0;
      return { value: { n: before + 1, t: clock.now() }, ttlMs: timing.changesKeptMs };
    });
  }

  /** What `noteChange` noted did not come about. @throws PassError `cache_unavailable` */
  async noteNoChange(tag: string): Promise<boolean> {
    const { records, names, timing } = this.#options;
    return await records.change(names.ofChanges(tag), (value) => {
      const { n, t } = membersOf(value);
      return typeof n === 'number' && n > 0 ? { value: { n: n - 1, t }, ttlMs: timing.changesKeptMs } : null;
    });
  }

  /** Different places, in no order: nobody contends for one. */
  #some(servedByOne: number): readonly string[] {
    const { names, random, timing } = this.#options;
    const count = Math.max(timing.places, Math.floor(servedByOne * timing.placesPart));
    const chosen = new Set<number>();
    while (chosen.size < Math.min(count, timing.placeTries)) {
      let place = Math.floor(random() * count);
      while (chosen.has(place)) place = (place + 1) % count;
      chosen.add(place);
    }
    return [...chosen].map((place) => names.ofPlace(place));
  }

  /** By the clock of whoever took it; what is there lasts a moment longer at least. */
  #leftMs({ value }: Found, forMs: number): number {
    if (value === undefined) return 0;
    const { t } = membersOf(value);
    const [takenAt] = numbersIn([t], 1) ?? [];
    const { clock, timing } = this.#options;
    const leftMs = takenAt === undefined ? forMs : timeLeftMs(takenAt + forMs, forMs, clock.now());
    return Math.max(timing.incidentRetryMs, leftMs);
  }
}
