import type { KeyNames } from '../cache/keyNames.js';
import type { RecordStore } from '../cache/RecordStore.js';
import { monotonicOf, type Clock } from '../time/clock.js';
import { addressGroup } from '../device/clientAddress.js';
import { hasListeners, publish } from '../diagnostics.js';
import { longestRetryAfterMs } from '../http/retryAfter.js';
import type { AddressGate } from './AddressGate.js';
import { timeLeftMs } from '../registration/timeLeft.js';
import type { Timing } from '../timing.js';

export interface AddressCooldownOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly store: RecordStore;
  readonly names: KeyNames;
  readonly timing: Pick<Timing, 'machine' | 'upstream'>;
  /** Keeps a promise until it has settled. */
  readonly track: (work: Promise<unknown>) => void;
}

/** What other processes say of an address, asked for ahead of a call. */
interface Look {
  readonly at: number;
  readonly looked: Promise<void>;
}

/** Which addresses Adobe Pass throttles right now: in memory what this process has met, in the cache for the others. */
export class AddressCooldown implements AddressGate {
  readonly #options: AddressCooldownOptions;
  /** Address group to an instant of the monotonic clock. */
  readonly #until: Map<string, number> = new Map();
  readonly #ahead: Map<string, Look> = new Map();

  constructor(options: AddressCooldownOptions) {
    this.#options = options;
  }

  waitMs(address: string | undefined): number {
    const group = groupOf(address);
    const until = this.#until.get(group);
    if (until === undefined) return 0;
    const waitMs = until - monotonicOf(this.#options.clock);
    if (waitMs > 0) return waitMs;
    this.#until.delete(group);
    return 0;
  }

  throttled(address: string | undefined, retryAfterMs: number | null): number {
    const { clock, random, names, store, timing, track } = this.#options;
    const { throttleMs, throttleSpreadMs } = timing.machine;
    const waitMs = Math.ceil(Math.max(throttleMs, retryAfterMs ?? 0) + random() * throttleSpreadMs);
    const group = groupOf(address);
    this.#remember(group, waitMs);
    if (hasListeners()) {
      const tag = address === undefined ? group : names.addressTag(group);
      publish({ type: 'addressThrottled', address: tag, waitMs });
    }
    // Only a courtesy to other processes: without it they meet their own 429.
    track(
      store
        .swap(names.ofAddress(group), null, { u: clock.now() + waitMs, d: waitMs }, waitMs)
        .catch(() => undefined),
    );
    return waitMs;
  }

  lookAhead(address: string | undefined): void {
    const { clock, track } = this.#options;
    const group = groupOf(address);
    const looked = this.#look(group);
    track(looked);
    this.#setYoungest(this.#ahead, group, { at: monotonicOf(clock), looked });
  }

  async look(address: string | undefined): Promise<void> {
    const group = groupOf(address);
    const { clock, timing } = this.#options;
    const ahead = this.#ahead.get(group);
    this.#ahead.delete(group);
    const isFresh = ahead !== undefined && monotonicOf(clock) - ahead.at <= timing.upstream.lookedAheadMs;
    await (isFresh ? ahead.looked : this.#look(group));
  }

  /** A cache that cannot be asked says nothing. */
  async #look(group: string): Promise<void> {
    const { clock, names, store, timing } = this.#options;
    // No process sets more than a `Retry-After` that counts, and its spread.
    const longestMs = longestRetryAfterMs + timing.machine.throttleSpreadMs;
    const [slot] = await store.read([names.ofAddress(group)]).catch(() => []);
    if (slot?.kind !== 'stored') return;
    const { u: until, d: forMs } = (slot.value ?? {}) as { u?: unknown; d?: unknown };
    // A value that nobody would set must not stop a device.
    if (typeof until !== 'number' || typeof forMs !== 'number' || forMs > longestMs) return;
    this.#remember(group, timeLeftMs(until, forMs, clock.now()));
  }

  #remember(group: string, waitMs: number): void {
    const until = monotonicOf(this.#options.clock) + waitMs;
    if (waitMs > 0 && until > (this.#until.get(group) ?? -Infinity))
      this.#setYoungest(this.#until, group, until);
  }

  /** Devices name their addresses, so there is no end to them: the oldest entry makes room. */
  #setYoungest<Value>(map: Map<string, Value>, group: string, value: Value): void {
    map.delete(group);
    map.set(group, value);
    if (map.size <= this.#options.timing.upstream.throttledAddresses) return;
    for (const oldest of map.keys()) {
      map.delete(oldest);
      return;
    }
  }
}

function groupOf(address: string | undefined): string {
  return address === undefined ? 'server' : addressGroup(address);
}
