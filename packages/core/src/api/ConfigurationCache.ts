import type { Clock } from '../clock.js';
import type { Configuration } from './configuration.js';

/** Adobe's advice for a server: in memory, per platform type, about two minutes. */
const lifeMs = 2 * 60_000;
const maxEntries = 200;

interface Entry {
  readonly configuration: Promise<Configuration>;
  /** Epoch milliseconds; infinite while the call is under way. */
  expiresAt: number;
}

/**
 * The provider lists that this process knows: one per service provider and kind of device, shared by all devices of
 * that kind. Concurrent callers share one upstream call, and a failed call leaves nothing behind.
 */
export class ConfigurationCache {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The list under `key`, retrieved by `retrieve` where it is unknown or older than two minutes. */
  get(key: string, retrieve: () => Promise<Configuration>): Promise<Configuration> {
    const known = this.#entries.get(key);
    if (known !== undefined && this.#clock.now() < known.expiresAt) return known.configuration;
    const entry: Entry = { configuration: retrieve(), expiresAt: Infinity };
    // Deleted first, so that the refreshed key becomes the youngest of the map and is the last to be dropped.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#dropOldest();
    entry.configuration.then(
      () => {
        entry.expiresAt = this.#clock.now() + lifeMs;
      },
      () => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
      },
    );
    return entry.configuration;
  }

  #dropOldest(): void {
    if (this.#entries.size <= maxEntries) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}
