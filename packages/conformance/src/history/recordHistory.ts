import { randomBytes } from 'node:crypto';
import type { CacheEntry, PassCache, Version } from '@pass-dcr/core';
import type { CacheHistory, Operation } from './History.js';

export interface HistoryOptions {
  /** Handles onto one store, best of several processes. */
  readonly caches: readonly PassCache[];
  /** In all. 100 000 take a minute or so with a store on the same host. */
  readonly operations: number;
  /** Few, so that processes meet. Default 8. */
  readonly keys?: number | undefined;
  /** Calls that each handle has under way at a time. Default 4. */
  readonly atOnce?: number | undefined;
  /** A call is given so long; one that is rejected counts as unknown. Default 2 000. */
  readonly timeoutMs?: number | undefined;
  /** Whether a key's content can be read again, for which there is a minute. Default: the first of `caches`. */
  readonly last?: PassCache | undefined;
}

const lastReadLimitMs = 60_000;
const pauseMs = 20;

/**
 * Has several processes read and swap the same few keys, and writes down what each was answered and when. Half of the calls
 * are strong reads, the others swaps of what the process has seen last, which never expire and are never deleted. Give the
 * result to `checkHistory`.
 *
 * @throws Error where no key can be read in the end
 */
export async function recordHistory(options: HistoryOptions): Promise<CacheHistory> {
  const { caches, operations: count, keys: keyCount = 8, atOnce = 4, timeoutMs = 2_000 } = options;
  const tag = randomBytes(9).toString('base64url');
  const keys = Array.from({ length: keyCount }, (_, index) => `history:{${tag}-${index}}:c`);
  const operations: Operation[] = [];
  let begun = 0;
  let values = 0;

  const readOnce = async (cache: PassCache, key: string): Promise<Version | null | undefined> => {
    const calledAt = performance.now();
    try {
      const [found = null] = await cache.read([key], { strong: true, timeoutMs });
      operations.push({ type: 'read', key, calledAt, answeredAt: performance.now(), found });
      return found?.version ?? null;
    } catch {
      // A read that failed has changed nothing, and says nothing.
      await pause();
      return undefined;
    }
  };

  const swapOnce = async (
    cache: PassCache,
    key: string,
    expected: Version | null,
  ): Promise<Version | null | undefined> => {
    values += 1;
    const value = `${tag}-${values}`;
    const calledAt = performance.now();
    const swap = { type: 'swap', key, calledAt, expected, value } as const;
    try {
      const result = await cache.swap(key, expected, { value, ttlMs: null }, { timeoutMs });
      const answeredAt = performance.now();
      if (result.ok) {
        const version = result.version ?? '';
        operations.push({ ...swap, answeredAt, outcome: { type: 'stored', version } });
        return version;
      }
      const { current } = result;
      operations.push({ ...swap, answeredAt, outcome: { type: 'conflict', current } });
      return current?.version ?? null;
    } catch {
      operations.push({ ...swap, answeredAt: null, outcome: { type: 'unknown' } });
      await pause();
      return undefined;
    }
  };

  const work = async (cache: PassCache, offset: number): Promise<void> => {
    const seen = new Map<string, Version | null>();
    for (let turn = offset; begun < count; turn += 1) {
      begun += 1;
      // By chance, or processes would follow each other from key to key.
      const key = keys[Math.floor(Math.random() * keys.length)] ?? '';
      const expected = seen.get(key);
      const version =
        expected === undefined || turn % 2 === 0
          ? await readOnce(cache, key)
          : await swapOnce(cache, key, expected);
      if (version === undefined) seen.delete(key);
      else seen.set(key, version);
    }
  };

  await Promise.all(
    caches.flatMap((cache) => Array.from({ length: atOnce }, async (_, offset) => await work(cache, offset))),
  );
  const [first] = caches;
  const reader = options.last ?? first;
  if (reader === undefined) throw new Error('recordHistory needs a cache, received none');
  const last = await Promise.all(keys.map(async (key) => [key, await readLast(reader, key)] as const));
  return { operations, last: new Map(last) };
}

async function readLast(cache: PassCache, key: string): Promise<CacheEntry | null> {
  const endsAt = performance.now() + lastReadLimitMs;
  for (;;) {
    try {
      const [found = null] = await cache.read([key], { strong: true });
      return found;
    } catch (error) {
      if (performance.now() > endsAt) throw error;
      await pause();
    }
  }
}

const pause = async (): Promise<void> =>
  await new Promise((resolve) => {
    setTimeout(resolve, pauseMs);
  });
