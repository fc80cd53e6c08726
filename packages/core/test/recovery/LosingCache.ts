import { memoryCacheWith, type StoredEntries } from '../../src/cache/memoryCache.js';
import type { PassCache } from '../../src/cache/PassCache.js';
import type { Clock } from '../../src/time/clock.js';

/** A shared cache that can lose what it has acknowledged, be away, and say that it is back. */
export class LosingCache {
  readonly #entries: StoredEntries = new Map();
  readonly #clock: Clock;
  readonly #listeners: Set<() => void> = new Set();
  isAway = false;
  reads = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One process's handle onto it. */
  open(): PassCache {
    const cache = memoryCacheWith({ clock: this.#clock, warn: () => undefined, entries: this.#entries });
    const whileThere = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
      if (this.isAway) throw new Error('the cache is away');
      return await ask();
    };
    return {
      scope: 'shared',
      read: async (keys, options) => {
        this.reads += 1;
        return await whileThere(async () => await cache.read(keys, options));
      },
      swap: async (...write) => await whileThere(async () => await cache.swap(...write)),
      onReconnect: (listener) => {
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
      },
    };
  }

  /** How many handles still want to hear of a reconnection. */
  get listeners(): number {
    return this.#listeners.size;
  }

  reconnect(): void {
    for (const listener of this.#listeners) listener();
  }

  /** What a replica has that gets nothing more. */
  snapshot(): () => void {
    const then = new Map(this.#entries);
    return () => {
      this.#entries.clear();
      for (const [key, entry] of then) this.#entries.set(key, entry);
    };
  }

  flush(): void {
    this.#entries.clear();
  }

  /** Of the credentials alone: the record that tells of the whole stays. */
  loseCredentials(count: number): void {
    for (const key of [...this.#entries.keys()].filter((each) => each.endsWith(':c')).slice(0, count)) {
      this.#entries.delete(key);
    }
  }

  /** Whether some server asks the others to register nobody. */
  get isHeld(): boolean {
    return [...this.#entries.keys()].some((key) => key.endsWith(':hold') || key.endsWith(':recovery'));
  }

  get storedPairs(): number {
    return [...this.#entries.keys()].filter((key) => key.endsWith(':c')).length;
  }
}
