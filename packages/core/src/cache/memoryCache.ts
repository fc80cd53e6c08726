import { monotonicOf, systemClock, type Clock } from '../time/clock.js';
import { publish, warningTable } from '../diagnostics.js';
import { PassError } from '../errors.js';
import type { CacheEntry, PassCache } from './PassCache.js';

/**
 * A cache inside this process, for development, tests, and servers whose viewers may be signed out at any restart: it
 * does not survive one, and no other process sees it. Every device then registers anew. Says so once per process, as a
 * warning with the code `PASS_DCR_MEMORY_CACHE`.
 *
 * @example
 * const cache = memoryCache();
 */
export function memoryCache(): PassCache {
  return memoryCacheWith({ clock: systemClock, warn: warnOncePerProcess });
}

const keysPerBatch = 1_000;

interface Stored extends CacheEntry {
  /** Of the monotonic clock; `null`: never. */
  readonly expiresAt: number | null;
}

/** @internal */
export type StoredEntries = Map<string, Stored>;

/** @internal */
export interface MemoryCacheInputs {
  readonly clock: Clock;
  readonly warn: () => void;
  readonly entries?: StoredEntries | undefined;
}

/** @internal `memoryCache` with its time, its voice and its memory as inputs. */
export function memoryCacheWith({ clock, warn, entries = new Map() }: MemoryCacheInputs): PassCache {
  let swaps = 0;
  let sweep = entries.entries();
  let closed = false;
  warn();

  const current = (key: string): CacheEntry | null => {
    const stored = entries.get(key);
    if (stored === undefined || isExpired(stored)) return null;
    return { value: stored.value, version: stored.version };
  };
  const isExpired = ({ expiresAt }: Stored): boolean => expiresAt !== null && monotonicOf(clock) >= expiresAt;

  // Two steps of a walk over the map with every swap: tokens of devices that never come back go away, and no request
  // waits for a full pass.
  const sweepSome = (): void => {
    for (let step = 0; step < 2; step += 1) {
      const next = sweep.next();
      if (next.done === true) {
        sweep = entries.entries();
        return;
      }
      const [key, stored] = next.value;
      if (isExpired(stored)) entries.delete(key);
    }
  };

  const assertOpen = (): void => {
    if (closed)
      throw new PassError('cache_unavailable', 'memoryCache: the cache is closed', { retryable: false });
  };

  return {
    scope: 'process',
    async read(keys) {
      assertOpen();
      return keys.map(current);
    },
    async swap(key, expected, next) {
      assertOpen();
      const found = current(key);
      if (next === null && found === null) return { ok: true, version: null };
      if ((found?.version ?? null) !== expected) return { ok: false, current: found };
      sweepSome();
      if (next === null) {
        entries.delete(key);
        return { ok: true, version: null };
      }
      swaps += 1;
      const version = swaps.toString(36);
      const expiresAt = next.ttlMs === null ? null : monotonicOf(clock) + next.ttlMs;
      entries.set(key, { value: next.value, version, expiresAt });
      return { ok: true, version };
    },
    async *keys(prefix) {
      assertOpen();
      let batch: string[] = [];
      // A walk over a Map meets everything that stays in it, whatever is added and deleted meanwhile.
      for (const key of entries.keys()) {
        if (!key.startsWith(prefix) || current(key) === null) continue;
        batch.push(key);
        if (batch.length < keysPerBatch) continue;
        yield batch;
        assertOpen();
        batch = [];
      }
      yield batch;
    },
    async close() {
      closed = true;
      entries.clear();
    },
  };
}

// On the global object, because ES module and CommonJS copies of this file are two modules of one process.
const warned: unique symbol = Symbol.for('@pass-dcr/core/memoryCache/warned') as never;

function warnOncePerProcess(): void {
  const shared: { [warned]?: true } = globalThis as never;
  if (shared[warned] === true) return;
  shared[warned] = true;
  const message =
    'memoryCache() does not survive a restart: every device then registers anew and its viewer is signed out. ' +
    'Use fileCache() or a shared cache in production.';
  process.emitWarning(message, { type: 'PassDcrWarning', code: 'PASS_DCR_MEMORY_CACHE' });
  publish({ type: 'warning', code: 'memory_cache', message: warningTable.memory_cache });
}
