import { monotonicOf, type Clock } from '../../time/clock.js';
import type { Configuration } from './types.js';
import type { Timing } from '../../timing.js';

interface Entry {
  readonly configuration: Promise<Configuration>;
  /** Of the monotonic clock; infinite while the call is under way. */
  expiresAt: number;
}

/**
 * The provider lists that this process knows: one per service provider and kind of device, shared by all devices of
 * that kind. Concurrent callers share one upstream call, and a failed call leaves nothing behind.
 */
export class ConfigurationCache {
  readonly #clock: Clock;
  readonly #timing: Timing['calls'];
  readonly #entries: Map<string, Entry> = new Map();

  constructor(clock: Clock, timing: Timing['calls']) {
    this.#clock = clock;
    this.#timing = timing;
  }

  /**
   * The list under `key`, retrieved by `retrieve` where it is unknown or older than two minutes.
   *
   * The call is made with the token and the address of whoever came first, so it can fail for reasons of that device
   * alone. Whoever shared it then tries once more, again together.
   * @param signal an aborted caller does not try again
   */
  async get(
    key: string,
    retrieve: () => Promise<Configuration>,
    signal?: AbortSignal,
  ): Promise<Configuration> {
    const known = this.#find(key);
    if (known === undefined) return await this.#start(key, retrieve);
    try {
      return await known.configuration;
    } catch {
      signal?.throwIfAborted();
      return await (this.#find(key)?.configuration ?? this.#start(key, retrieve));
    }
  }

  #find(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && monotonicOf(this.#clock) < entry.expiresAt ? entry : undefined;
  }

  #start(key: string, retrieve: () => Promise<Configuration>): Promise<Configuration> {
    const configuration = retrieve();
    const entry: Entry = { configuration, expiresAt: Infinity };
    // Deleted first, so that the refreshed key becomes the youngest of the map and is the last to be dropped.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#dropOldest();
    configuration.then(
      () => {
        entry.expiresAt = monotonicOf(this.#clock) + this.#timing.configurationMs;
      },
      () => {
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
      },
    );
    return configuration;
  }

  #dropOldest(): void {
    if (this.#entries.size <= this.#timing.configurations) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}
