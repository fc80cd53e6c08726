import type { KeyNames } from '../cache/keyNames.js';
import type { RecordStore } from '../cache/RecordStore.js';
import type { Clock } from '../time/clock.js';
import { addressGroup } from '../device/clientAddress.js';
import { publish } from '../diagnostics.js';
import type { AddressGate } from './AddressGate.js';
import { timeLeftMs } from '../registration/timeLeft.js';

const throttleMs = 1_000;
const spreadMs = 250;
/** No process sets more: a `Retry-After` counts for an hour at most. */
const longestMs = 60 * 60_000 + spreadMs;
const rememberedAddresses = 10_000;

export interface AddressCooldownOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly store: RecordStore;
  readonly names: KeyNames;
  /** Keeps a promise until it has settled. */
  readonly track: (work: Promise<unknown>) => void;
}

/**
 * Which addresses Adobe Pass throttles right now. Calls of this process ask the memory; DCR calls, which are rare, also
 * ask the cache for what other processes have met. Without an address, everything shares the server's own.
 */
export class AddressCooldown implements AddressGate {
  readonly #options: AddressCooldownOptions;
  /** Address group to epoch milliseconds. */
  readonly #until: Map<string, number> = new Map();

  constructor(options: AddressCooldownOptions) {
    this.#options = options;
  }

  waitMs(address: string | undefined): number {
    const group = groupOf(address);
    const until = this.#until.get(group);
    if (until === undefined) return 0;
    const waitMs = until - this.#options.clock.now();
    if (waitMs > 0) return waitMs;
    this.#until.delete(group);
    return 0;
  }

  throttled(address: string | undefined, retryAfterMs: number | null): number {
    const { clock, random, names, store, track } = this.#options;
    const waitMs = Math.ceil(Math.max(throttleMs, retryAfterMs ?? 0) + random() * spreadMs);
    const group = groupOf(address);
    const until = clock.now() + waitMs;
    this.#remember(group, until);
    publish({ type: 'addressThrottled', waitMs });
    // Only a courtesy to other processes: without it they meet their own 429.
    track(store.swap(names.ofAddress(group), null, { u: until, d: waitMs }, waitMs).catch(() => undefined));
    return waitMs;
  }

  /** As `waitMs`, asking the other processes too. A cache that cannot be asked says nothing. */
  async sharedWaitMs(address: string | undefined): Promise<number> {
    const { clock, names, store } = this.#options;
    const group = groupOf(address);
    const [slot] = await store.read([names.ofAddress(group)]).catch(() => []);
    if (slot?.kind === 'stored') {
      const { u: until, d: forMs } = (slot.value ?? {}) as { u?: unknown; d?: unknown };
      // A value that nobody would set must not stop a device.
      if (typeof until === 'number' && typeof forMs === 'number' && forMs <= longestMs) {
        const now = clock.now();
        this.#remember(group, now + timeLeftMs(until, forMs, now));
      }
    }
    return this.waitMs(address);
  }

  #remember(group: string, until: number): void {
    const known = this.#until.get(group) ?? 0;
    if (until <= known || until <= this.#options.clock.now()) return;
    this.#until.delete(group);
    this.#until.set(group, until);
    if (this.#until.size <= rememberedAddresses) return;
    for (const oldest of this.#until.keys()) {
      this.#until.delete(oldest);
      return;
    }
  }
}

function groupOf(address: string | undefined): string {
  return address === undefined ? 'server' : addressGroup(address);
}
