import type { CacheEntry, PassCache, SwapResult } from '@pass-dcr/core';
import { lasting, readOne, store, versionOf, type CacheSuite } from './CacheSuite.js';

export function raceCases({ test, equal }: CacheSuite): void {
  test('of many swaps that expect absence one succeeds, and the others are told its entry', async ({
    cache,
    key,
  }) => {
    const at = key();
    const results = await Promise.all(
      numbers(32).map((racer) => cache.swap(at, null, lasting(`racer ${racer}`))),
    );
    const winner = winnerOf(results, (racer) => `racer ${racer}`);
    equal(results.filter(({ ok }) => ok).length, 1);
    equal(
      results.filter(({ ok }) => !ok),
      numbers(31).map(() => ({ ok: false, current: winner })),
    );
    equal(await readOne(cache, at), winner);
  });

  test('of many swaps that expect one version one succeeds', async ({ cache, key }) => {
    const at = key();
    const { version } = await store(cache, at, lasting('start'));
    const results = await Promise.all(
      numbers(32).map((racer) => cache.swap(at, version, lasting(`racer ${racer}`))),
    );
    equal(results.filter(({ ok }) => ok).length, 1);
    equal(
      await readOne(cache, at),
      winnerOf(results, (racer) => `racer ${racer}`),
    );
  });

  test('of a replacement and a deletion that expect one version one succeeds', async ({ cache, key }) => {
    for (const at of numbers(20).map(() => key())) {
      const { version } = await store(cache, at, lasting('start'));
      const [replaced, deleted] = await Promise.all([
        cache.swap(at, version, lasting('next')),
        cache.swap(at, version, null),
      ]);
      equal(replaced.ok !== deleted.ok, true);
      equal((await readOne(cache, at))?.value, replaced.ok ? 'next' : undefined);
    }
  });

  test('races over many keys at once have one winner each', async ({ cache, key }) => {
    const keys = numbers(100).map(() => key());
    const racers = numbers(8);
    const all = await Promise.all(
      racers.map((racer) => Promise.all(keys.map((at) => cache.swap(at, null, lasting(`racer ${racer}`))))),
    );
    const winners = keys.map((_, index) => racers.filter((racer) => all[racer]?.[index]?.ok === true).length);
    equal(
      winners,
      keys.map(() => 1),
    );
  });

  test('no increment is lost when many increment one counter', async ({ cache, key }) => {
    const at = key();
    await store(cache, at, lasting('0'));
    await Promise.all(numbers(8).map(() => increment(cache, at, 10)));
    equal((await readOne(cache, at))?.value, '80');
  });
}

export function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** Adds one to the number at `key`, `times` times, as every user of `swap` does: try, and on a conflict adopt. */
export async function increment(cache: PassCache, key: string, times: number): Promise<void> {
  let current = await readOne(cache, key);
  for (let done = 0; done < times;) {
    if (current === null || current === undefined) throw new Error('the counter has vanished');
    const next = lasting(String(Number(current.value) + 1));
    const result = await cache.swap(key, current.version, next);
    current = result.ok ? { value: next.value, version: versionOf(result) } : result.current;
    if (result.ok) done += 1;
  }
}

function winnerOf(results: readonly SwapResult[], valueOf: (racer: number) => string): CacheEntry | null {
  const racer = results.findIndex(({ ok }) => ok);
  const result = results[racer];
  return result === undefined ? null : { value: valueOf(racer), version: versionOf(result) };
}
