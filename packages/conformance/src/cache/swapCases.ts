import { lasting, readOne, store, versionOf, type CacheSuite } from './CacheSuite.js';

const aVersionThatNeverWas = 'AAAAAAAAAAAAAAAA';

export function swapCases({ test, equal }: CacheSuite): void {
  test('a swap that expects absence does not replace what is there, and says what that is', async ({
    cache,
    key,
  }) => {
    const at = key();
    const first = await store(cache, at, lasting('first'));
    equal(await cache.swap(at, null, lasting('second')), { ok: false, current: first });
    equal(await readOne(cache, at), first);
  });

  test('a swap that expects the current version replaces it', async ({ cache, key }) => {
    const at = key();
    const first = await store(cache, at, lasting('first'));
    const version = versionOf(await cache.swap(at, first.version, lasting('second')));
    equal(await readOne(cache, at), { value: 'second', version });
  });

  test('a swap that expects another version changes nothing, and says what is there', async ({
    cache,
    key,
  }) => {
    const at = key();
    const first = await store(cache, at, lasting('first'));
    equal(await cache.swap(at, aVersionThatNeverWas, lasting('second')), { ok: false, current: first });
    equal(await readOne(cache, at), first);
  });

  test('a swap that expects a version of an absent key stores nothing, and says that it is absent', async ({
    cache,
    key,
  }) => {
    const at = key();
    equal(await cache.swap(at, aVersionThatNeverWas, lasting('value')), { ok: false, current: null });
    equal(await readOne(cache, at), null);
  });

  test('a swap touches no other key', async ({ cache, key }) => {
    const [at, other] = [key(), key()];
    const kept = await store(cache, other, lasting('kept'));
    const first = await store(cache, at, lasting('first'));
    await cache.swap(at, first.version, null);
    equal(await cache.read([other, at], { strong: true }), [kept, null]);
  });

  test('a deletion that expects the current version leaves the key absent', async ({ cache, key }) => {
    const at = key();
    const { version } = await store(cache, at, lasting('value'));
    equal(await cache.swap(at, version, null), { ok: true, version: null });
    equal(await readOne(cache, at), null);
  });

  test('a deletion that expects another version, or absence, deletes nothing', async ({ cache, key }) => {
    const at = key();
    const entry = await store(cache, at, lasting('value'));
    equal(await cache.swap(at, aVersionThatNeverWas, null), { ok: false, current: entry });
    equal(await cache.swap(at, null, null), { ok: false, current: entry });
    equal(await readOne(cache, at), entry);
  });

  test('deleting what is absent is a success, however often', async ({ cache, key }) => {
    const at = key();
    equal(await cache.swap(at, null, null), { ok: true, version: null });
    const { version } = await store(cache, at, lasting('value'));
    equal(await cache.swap(at, version, null), { ok: true, version: null });
    equal(await cache.swap(at, version, null), { ok: true, version: null });
  });
}
