import { allOver } from '../time/allOver.js';
import { PassError } from '../errors.js';
import type { RecordStore, StoreSlot } from './RecordStore.js';

export interface Found {
  /** `undefined`: absent. */
  readonly value: unknown;
  readonly version: string | null;
}

export interface Written {
  readonly value: unknown;
  readonly ttlMs: number;
}

/** Records that every process of the fleet reads and writes. All methods reject with `cache_unavailable` only. */
export class SharedRecords {
  readonly #store: RecordStore;
  readonly #attempts: number;

  /** `attempts`: to write a record that others write too. */
  constructor(store: RecordStore, attempts: number) {
    this.#store = store;
    this.#attempts = attempts;
  }

  async look(key: string): Promise<Found> {
    const [slot] = await this.#store.read([key], { strong: true });
    return foundIn(slot);
  }

  /** They need not lie on one node. */
  async lookAt(keys: readonly string[]): Promise<readonly Found[]> {
    return await allOver(keys.map(async (key) => await this.look(key)));
  }

  /** Whether the key was free. */
  async take(key: string, { value, ttlMs }: Written): Promise<boolean> {
    return (await this.#store.swap(key, null, value, ttlMs)).ok;
  }

  /** Whether the key still was as it was found. */
  async put(key: string, { version }: Found, { value, ttlMs }: Written): Promise<boolean> {
    return (await this.#store.swap(key, version, value, ttlMs)).ok;
  }

  /** `next` of what is there, or of `undefined`; `null` leaves it. Whether it is so now: others may have been faster. */
  async change(key: string, next: (value: unknown) => Written | null): Promise<boolean> {
    let found = await this.look(key);
    for (let attempt = 0; attempt < this.#attempts; attempt += 1) {
      const written = next(found.value);
      if (written === null) return true;
      const swapped = await this.#store.swap(key, found.version, written.value, written.ttlMs);
      if (swapped.ok) return true;
      found = foundIn(swapped.current);
    }
    return false;
  }
}

function foundIn(slot: StoreSlot | undefined): Found {
  if (slot === undefined || slot.kind === 'absent') return { value: undefined, version: null };
  if (slot.kind === 'stored') return slot;
  // It may say what must not be overlooked, such as that there is an incident. All of these records end by themselves.
  throw new PassError(
    'cache_unavailable',
    `a record that all servers share could not be opened (${slot.reason}); see that they have the same secrets`,
  );
}
