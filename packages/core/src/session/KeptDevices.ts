import { ownText } from './ownText.js';
import type { Known } from '../registration/state.js';
import type { SteadyTime } from '../time/SteadyTime.js';
import type { KnownPairs } from '../recovery/KnownPairs.js';
import { KeptDevice } from './KeptDevice.js';
import type { Timing } from '../timing.js';

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

  /** `epoch`: that with which it was recalled. `isAtWork`: those that must not make room. */
  keep(key: string, known: Known, epoch: number, isAtWork: (key: string) => boolean): void {
    let device = this.#kept.get(key);
    if (known.pair === null && known.unpublished === null) {
      this.#kept.delete(key);
      return;
    }
    if (device === undefined) {
      device = new KeptDevice();
      this.#kept.set(ownText(key), device);
      this.#makeRoom(isAtWork);
    }
    // Equal texts from different records are different strings; a million devices should hold one.
    if (known.pair !== null && known.pair.statement !== this.#statement)
      this.#statement = known.pair.statement;
    device.keep(known, epoch, this.#statement);
    // Work that went on while the clock was set knows nothing of it.
    if (this.#time.hasSteppedSince(epoch)) device.becomeDue(this.#time.nowMs());
  }

  /** Every token in memory is renewed at its next use, and serves until then. */
  makeAllDue(nowMs: number): void {
    for (const device of this.#kept.values()) device.becomeDue(nowMs);
  }

  /** Nothing of the device is known any more. */
  drop(key: string): void {
    this.#kept.delete(key);
  }

  hasNewPair(key: string): void {
    this.#kept.get(key)?.keepYoungUntil(this.#time.nowMs() + this.#timing.youngPairMs);
  }

  pairs(): { readonly young: readonly string[]; readonly others: readonly string[] } {
    const nowMs = this.#time.nowMs();
    const young: string[] = [];
    const others: string[] = [];
    for (const [key, device] of this.#kept) (device.isYoung(nowMs) ? young : others).push(key);
    return { young, others };
  }

  #makeRoom(isAtWork: (key: string) => boolean): void {
    const nowMs = this.#time.nowMs();
    // A bounded look: a pool full of young pairs may grow a little beyond its capacity, but no insertion scans it.
    let looks = this.#timing.looksForRoom;
    for (const [key, device] of this.#kept) {
      if (this.#kept.size <= this.#capacity || looks-- === 0) return;
      this.#kept.delete(key);
      if (!device.visited && !device.isYoung(nowMs) && !isAtWork(key)) continue;
      device.visited = false;
      this.#kept.set(key, device);
    }
  }
}
