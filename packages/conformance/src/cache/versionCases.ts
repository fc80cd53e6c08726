import { lasting, readOne, store, versionOf, type CacheSuite } from './CacheSuite.js';

export function versionCases({ test, equal, pass }: CacheSuite): void {
  test('every write has a version of its own, also one that changes nothing', async ({ cache, key }) => {
    const at = key();
    const versions = new Set<string>();
    let expected: string | null = null;
    for (let write = 0; write < 30; write += 1) {
      expected = versionOf(await cache.swap(at, expected, lasting('the same value')));
      versions.add(expected);
    }
    equal(versions.size, 30);
  });

  test('a version is not given again after a deletion', async ({ cache, key }) => {
    const at = key();
    const versions = new Set<string>();
    for (let write = 0; write < 20; write += 1) {
      const { version } = await store(cache, at, lasting('the same value'));
      versions.add(version);
      await cache.swap(at, version, null);
    }
    equal(versions.size, 20);
  });

  test('an old version does not match when the same value has come back', async ({ cache, key }) => {
    const at = key();
    const first = await store(cache, at, lasting('A'));
    const second = versionOf(await cache.swap(at, first.version, lasting('B')));
    const third = versionOf(await cache.swap(at, second, lasting('A')));
    equal(await cache.swap(at, first.version, lasting('late')), {
      ok: false,
      current: { value: 'A', version: third },
    });
  });

  test('an old version does not match after deletion and re-creation', async ({ cache, key }) => {
    const at = key();
    const first = await store(cache, at, lasting('A'));
    await cache.swap(at, first.version, null);
    const again = await store(cache, at, lasting('A'));
    equal(await cache.swap(at, first.version, null), { ok: false, current: again });
    equal(await readOne(cache, at), again);
  });

  test('an old version does not match after expiry and re-creation', async ({ cache, key }) => {
    const at = key();
    const first = await store(cache, at, { value: 'A', ttlMs: 50 });
    await pass(300);
    const again = await store(cache, at, lasting('A'));
    equal(await cache.swap(at, first.version, lasting('late')), { ok: false, current: again });
  });
}
