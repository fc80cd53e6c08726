import { lasting, store, type CacheSuite } from './CacheSuite.js';

export function readCases({ test, equal }: CacheSuite): void {
  test('the scope is process, host or shared', async ({ cache }) => {
    equal(['process', 'host', 'shared'].includes(cache.scope), true);
  });

  test('a key that was never written is absent, which is null', async ({ cache, key }) => {
    equal(await cache.read([key()]), [null]);
    equal(await cache.read([key()], { strong: true }), [null]);
  });

  test('what was written is read, with the version of the write', async ({ cache, key }) => {
    const at = key();
    const entry = await store(cache, at, lasting('value'));
    equal(await cache.read([at], { strong: true, timeoutMs: 5000 }), [entry]);
  });

  test('answers come in the order of the keys, absent ones in their place', async ({ cache, key }) => {
    const [b, absent, a, c] = [key('b'), key('absent'), key('a'), key('c')];
    const inC = await store(cache, c, lasting('in c'));
    const inA = await store(cache, a, lasting('in a'));
    const inB = await store(cache, b, lasting('in b'));
    equal(await cache.read([b, absent, a, c], { strong: true }), [inB, null, inA, inC]);
    equal(await cache.read([c, a, absent, b], { strong: true }), [inC, inA, null, inB]);
  });

  test('a key that is asked for twice is answered twice', async ({ cache, key }) => {
    const [present, absent] = [key(), key()];
    const entry = await store(cache, present, lasting('value'));
    equal(await cache.read([present, absent, present, absent], { strong: true }), [entry, null, entry, null]);
  });
}
