import type { PassCache } from '@pass-dcr/core';
import type { CacheCapabilities } from './CacheConformanceOptions.js';
import { outcomeOf, versionOf, type CacheSuite, type Scene } from './CacheSuite.js';
import { numbers } from './raceCases.js';

type Keys = NonNullable<PassCache['keys']>;

/** A cache need not list its keys; what it lists must be complete, or a record is missed when a secret is replaced. */
export function keysCases(
  { testMethod, testWith, equal }: CacheSuite,
  { interrupt }: CacheCapabilities,
): void {
  const withKeys = (run: (scene: Scene, keys: Keys) => Promise<void>): ((scene: Scene) => Promise<void>) => {
    return async (scene) => {
      const { cache } = scene;
      if (cache.keys !== undefined) await run(scene, (prefix) => listing(cache, prefix));
    };
  };

  testMethod(
    'keys',
    'keys answers every key that begins with the prefix, whatever its tag, and no other',
    withKeys(async ({ cache, key }, keys) => {
      const at = prefixOf(key);
      const wanted = numbers(600).map((n) => `${at}:a_b:{${n}}:c`);
      // A sign that matches any other in a LIKE, another case, and what is only nearly the prefix.
      const others = numbers(20).flatMap((n) => [
        `${at}:axb:{${n}}:c`,
        `${at}:A_B:{${n}}:c`,
        `${at}:a_:{${n}}`,
      ]);
      await write(cache, [...wanted, ...others]);
      equal(await all(keys(`${at}:a_b:`)), wanted.toSorted());
      equal(await all(keys(`${at}:nothing:`)), []);
    }),
  );

  testMethod(
    'keys',
    'keys answers what is there from beginning to end, whatever is written and deleted meanwhile',
    withKeys(async ({ cache, key }, keys) => {
      const at = prefixOf(key);
      const staying = numbers(2500).map((n) => `${at}:{${n}}:stays`);
      const going = numbers(1000).map((n) => `${at}:{${n}}:goes`);
      const versions = await write(cache, [...going, ...staying]);
      const met = new Set<string>();
      let isFirst = true;
      for await (const batch of keys(`${at}:`)) {
        for (const one of batch) met.add(one);
        if (!isFirst) continue;
        isFirst = false;
        await inGroups(going, async (one) => cache.swap(one, versions.get(one) ?? null, null));
        await write(
          cache,
          numbers(100).map((n) => `${at}:{${n}}:came`),
        );
        await inGroups(staying.slice(0, 500), async (one) =>
          cache.swap(one, versions.get(one) ?? null, { value: 'again', ttlMs }),
        );
      }
      equal(
        staying.filter((one) => !met.has(one)),
        [],
      );
    }),
  );

  testMethod(
    'keys',
    'once closed, the cache rejects to list its keys, and does not answer that there are none',
    withKeys(async ({ cache, key }, keys) => {
      const at = prefixOf(key);
      await write(cache, [`${at}:{1}:c`]);
      if (cache.close === undefined) return;
      await cache.close();
      equal(await outcomeOf(() => all(keys(at))), 'rejected');
    }),
  );

  testWith(
    'interrupt',
    interrupt,
    'a store that cannot be asked makes the list of keys reject',
    async (scene, cut) =>
      withKeys(async ({ cache, key }, keys) => {
        const at = prefixOf(key);
        await write(cache, [`${at}:{1}:c`]);
        await cut(cache);
        equal(await outcomeOf(() => all(keys(at))), 'rejected');
      })(scene),
  );
}

const ttlMs = 3_600_000;

async function* listing(cache: PassCache, prefix: string): AsyncGenerator<readonly string[]> {
  if (cache.keys !== undefined) yield* cache.keys(prefix);
}

/** Of this case alone, and without a tag, so that its keys may have tags of their own. */
function prefixOf(key: Scene['key']): string {
  return key().replaceAll(/[{}]/g, '');
}

async function all(batches: AsyncIterable<readonly string[]>): Promise<readonly string[]> {
  const keys = new Set<string>();
  for await (const batch of batches) for (const key of batch) keys.add(key);
  return [...keys].toSorted();
}

/** The version of each. */
async function write(cache: PassCache, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const versions = new Map<string, string>();
  await inGroups(keys, async (key) => {
    versions.set(key, versionOf(await cache.swap(key, null, { value: 'value', ttlMs })));
  });
  return versions;
}

/** Not all at once: a driver may have a few connections, and its timeout counts while a call waits for one. */
async function inGroups(keys: readonly string[], work: (key: string) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < keys.length; from += 100)
    await Promise.all(keys.slice(from, from + 100).map(work));
}
