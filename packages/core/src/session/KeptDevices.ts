import { ownText } from './ownText.js';
import type { Known } from '../registration/state.js';
import type { SteadyTime } from '../time/SteadyTime.js';
import type { CredentialsRecord } from '../registration/record.js';
import type { KnownPairs } from '../recovery/KnownPairs.js';
import { Neighbours } from '../recovery/Neighbours.js';
import { rangeOf, type Ranges } from '../recovery/ranges.js';
import { KeptDevice } from './KeptDevice.js';
import type { Timing } from '../timing.js';

/** What work on a device has learned. `epoch`: of the memory's time, as the work counts it. */
export interface Learned {
  readonly key: string;
  readonly tag: string;
  readonly known: Known;
  readonly epoch: number;
}

/**
 * What this process knows of devices, whether work goes on for them or not. A device without a pair is not kept, so
 * invented identifiers do not fill the memory; beyond the capacity, those not used lately make room (SIEVE), but none
 * that is at work or has a young pair.
 */
export class KeptDevices implements KnownPairs {
  readonly #time: SteadyTime;
  readonly #timing: Timing['devices'];
  /** Devices kept at most. */
  readonly #capacity: number;
  readonly #kept: Map<string, KeptDevice> = new Map();
  readonly neighbours: Neighbours = new Neighbours();
  /** The last fingerprint of a software statement: nearly always that of the next device too. */
  #statement = '';

  constructor(time: SteadyTime, capacity: number, timing: Timing['devices']) {
    this.#time = time;
    this.#timing = timing;
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** For every request, which looks here itself: a method that only passes it on is not always compiled away. */
  get byKey(): ReadonlyMap<string, KeptDevice> {
    return this.#kept;
  }

  /** What is known of a device, if anything is. `epoch`: of the memory's time, as whoever asks counts it. */
  recall(key: string, jitter: number, epoch: number): Known | undefined {
    return this.#kept.get(key)?.recall(jitter, epoch);
  }

  rangeOf(key: string): number | undefined {
    return this.#kept.get(key)?.range;
  }

  /** `epoch`: that with which it was recalled. `isAtWork`: those that must not make room. */
  keep({ key, tag, known, epoch }: Learned, isAtWork: (key: string) => boolean): void {
    const { pair } = known;
    let device = this.#kept.get(key);
    if (pair === null && known.unpublished === null) {
      this.drop(key);
      return;
    }
    if (device === undefined) {
      device = new KeptDevice(rangeOf(tag));
      this.#kept.set(ownText(key), device);
      this.#makeRoom(isAtWork);
    }
    // Equal texts from different records are different strings; a million devices should hold one.
    if (pair !== null && pair.statement !== this.#statement) this.#statement = pair.statement;
    const before = device.pair;
    device.keep(known, epoch, this.#statement);
    if (pair !== null) this.#compare(device.range, key, before, pair);
    // Work that went on while the clock was set knows nothing of it.
    if (this.#time.hasSteppedSince(epoch)) device.becomeDue(this.#time.nowMs());
  }

  /** Every token in memory is renewed at its next use, and serves until then. */
  makeAllDue(nowMs: number): void {
    for (const device of this.#kept.values()) device.becomeDue(nowMs);
  }

  /** Nothing of the device is known any more. */
  drop(key: string): void {
    const device = this.#kept.get(key);
    if (device === undefined) return;
    this.neighbours.forget(device.range, key);
    this.#kept.delete(key);
  }

  hasNewPair(key: string): void {
    const device = this.#kept.get(key);
    device?.keepYoungUntil(this.#time.nowMs() + this.#timing.youngPairMs);
    if (device !== undefined) this.neighbours.changed(device.range, key, this.#now);
  }

  keysIn(ranges: Ranges): readonly string[] {
    const nowMs = this.#time.nowMs();
    const [signedInLately, signedIn, lately, others]: [string[], string[], string[], string[]] = [
      [],
      [],
      [],
      [],
    ];
    for (const [key, device] of this.#kept) {
      if (!ranges.has(device.range)) continue;
      const isLate = device.renewAtMs === null || device.isDue(nowMs);
      if (device.isSignedIn) (isLate ? signedIn : signedInLately).push(key);
      else (isLate ? others : lately).push(key);
    }
    return [...signedInLately, ...signedIn, ...lately, ...others];
  }

  /** Epoch milliseconds. */
  get #now(): number {
    return this.#time.epoch + this.#time.nowMs();
  }

  /** A pair that was there before and says something else has changed now; of another, only itself can tell. */
  #compare(range: number, key: string, before: CredentialsRecord | null, pair: CredentialsRecord): void {
    const { registeredAt, boundAt, signedInAt } = pair;
    const now = this.#now;
    if (before !== null && saysOther(before, pair)) this.neighbours.changed(range, key, now);
    const changedAt = Math.min(now, Math.max(registeredAt, boundAt ?? 0, signedInAt ?? 0));
    this.neighbours.knows(range, key, { registeredAt, changedAt });
  }

  #makeRoom(isAtWork: (key: string) => boolean): void {
    const nowMs = this.#time.nowMs();
    // A bounded look: a pool full of young pairs may grow a little beyond its capacity, but no insertion scans it.
    let looks = this.#timing.looksForRoom;
    for (const [key, device] of this.#kept) {
      if (this.#kept.size <= this.#capacity || looks-- === 0) return;
      this.#kept.delete(key);
      if (!device.visited && !device.isYoung(nowMs) && !isAtWork(key)) {
        this.neighbours.forget(device.range, key);
        continue;
      }
      device.visited = false;
      this.#kept.set(key, device);
    }
  }
}

function saysOther(one: CredentialsRecord, other: CredentialsRecord): boolean {
  return (
    one.clientId !== other.clientId ||
    one.generation !== other.generation ||
    one.boundAt !== other.boundAt ||
    one.signedInAt !== other.signedInAt
  );
}
