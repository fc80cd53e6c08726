import type { RecordStore, StoreSlot } from '../cache/RecordStore.js';
import { fromHex, noRanges, toHex, union, type Ranges } from './ranges.js';

/** What the processes tell one another of pairs that are being put back. */
export interface RecoverySaid {
  /** Nobody registers a device of these. */
  readonly ranges: Ranges;
  /** The operator wants registrations to go on all the same. */
  readonly isAllowed: boolean;
}

/** The record of that. The cache ends it, so nobody's clock matters, nor does a process that dies meanwhile. */
export class RecoveryRecord {
  readonly #store: RecordStore;
  readonly #key: string;
  readonly #attempts: number;

  /** `attempts`: to write it while others do. */
  constructor(store: RecordStore, key: string, attempts: number) {
    this.#store = store;
    this.#key = key;
    this.#attempts = attempts;
  }

  /** @throws PassError `cache_unavailable` */
  async look(): Promise<RecoverySaid> {
    const [slot] = await this.#store.read([this.#key], { strong: true });
    return saidIn(slot);
  }

  /**
   * That pairs of these ranges too are being put back, for so long from now on. Changes nothing while the operator's word
   * stands. Returns what then is said. @throws PassError `cache_unavailable`
   */
  async extend(ranges: Ranges, forMs: number): Promise<RecoverySaid> {
    return await this.#write(forMs, (said, isJustWritten) => {
      // Another process was first, and says it already.
      const isSaid = isJustWritten && [...ranges].every((range) => said.ranges.has(range));
      return said.isAllowed || isSaid ? null : { ...said, ranges: union(said.ranges, ranges) };
    });
  }

  /** The operator's word, which stands for so long. @throws PassError `cache_unavailable` */
  async allow(forMs: number): Promise<void> {
    await this.#write(forMs, () => ({ ranges: noRanges, isAllowed: true }));
  }

  /** `change`: what is to be said instead; `null`: nothing else. */
  async #write(
    forMs: number,
    change: (said: RecoverySaid, isJustWritten: boolean) => RecoverySaid | null,
  ): Promise<RecoverySaid> {
    let [slot] = await this.#store.read([this.#key], { strong: true });
    for (let attempt = 0; attempt < this.#attempts; attempt += 1) {
      const next = change(saidIn(slot), attempt > 0);
      if (next === null) break;
      const version = slot === undefined || slot.kind === 'absent' ? null : slot.version;
      const value = next.isAllowed ? { allowed: true } : { ranges: toHex(next.ranges) };
      const swapped = await this.#store.swap(this.#key, version, value, forMs);
      if (swapped.ok) return next;
      slot = swapped.current;
    }
    return saidIn(slot);
  }
}

function saidIn(slot: StoreSlot | undefined): RecoverySaid {
  if (slot?.kind !== 'stored') return { ranges: noRanges, isAllowed: false };
  const { ranges, allowed } = (slot.value ?? {}) as { readonly ranges?: unknown; readonly allowed?: unknown };
  return { ranges: fromHex(ranges), isAllowed: allowed === true };
}
