import type { RecordStore } from '../cache/RecordStore.js';

/**
 * A record by which one process asks all others to register nobody: as long as it is there, pairs that the cache has
 * lost are being put back. The cache ends it, so nobody's clock matters, nor does a process that dies meanwhile.
 */
export class HoldRecord {
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
    for (let attempt = 0; attempt < this.#attempts; attempt += 1) {
      const version = slot === undefined || slot.kind === 'absent' ? null : slot.version;
      const swapped = await this.#store.swap(this.#key, version, {}, forMs);
      if (swapped.ok) return;
      slot = swapped.current;
    }
  }
}
