import type { RecordStore } from '../cache/RecordStore.js';

/**
 * A record by which one process asks all others to register nobody, because it has found a cache that is new or empty. The
 * cache ends it, so nobody's clock matters, nor does a process that dies meanwhile.
 */
export class HoldRecord {
  readonly #store: RecordStore;
  readonly #key: string;

  constructor(store: RecordStore, key: string) {
    this.#store = store;
    this.#key = key;
  }

  /** @throws PassError `cache_unavailable` */
  async isSet(): Promise<boolean> {
    const [slot] = await this.#store.read([this.#key], { strong: true });
    return slot !== undefined && slot.kind !== 'absent';
  }

  /** Unless another process has, which may mean it to last longer. @throws PassError `cache_unavailable` */
  async begin(forMs: number): Promise<void> {
    await this.#store.swap(this.#key, null, {}, forMs);
  }

  /** @throws PassError `cache_unavailable` */
  async end(): Promise<void> {
    const [slot] = await this.#store.read([this.#key], { strong: true });
    if (slot !== undefined && slot.kind !== 'absent')
      await this.#store.swap(this.#key, slot.version, null, null);
  }
}
