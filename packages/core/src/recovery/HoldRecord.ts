import type { RecordStore } from '../cache/RecordStore.js';

const attempts = 3;

/**
 * A record by which one process asks all others to register nobody: as long as it is there, pairs that the cache has
 * lost are being put back. The cache ends it, so nobody's clock matters, nor does a process that dies meanwhile.
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

  /** From now on for so long, whoever began it. @throws PassError `cache_unavailable` */
  async extend(forMs: number): Promise<void> {
    let [slot] = await this.#store.read([this.#key], { strong: true });
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const version = slot === undefined || slot.kind === 'absent' ? null : slot.version;
      const swapped = await this.#store.swap(this.#key, version, {}, forMs);
      if (swapped.ok) return;
      slot = swapped.current;
    }
  }
}
