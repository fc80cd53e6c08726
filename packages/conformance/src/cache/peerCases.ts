import type { PassCache } from '@pass-dcr/core';
import type { CacheCapabilities } from './CacheConformanceOptions.js';
import { lasting, readOne, store, versionOf, type CacheSuite, type Scene } from './CacheSuite.js';
import { increment, numbers } from './raceCases.js';

interface PeerScene extends Scene {
  readonly peer: PassCache;
}

export function peerCases({ testWith, equal, pass }: CacheSuite, { createPeer }: CacheCapabilities): void {
  const test = (name: string, run: (scene: PeerScene) => Promise<void>): void =>
    testWith('createPeer', createPeer, name, async (scene, create) => {
      const peer = await create(scene.cache);
      try {
        await run({ ...scene, peer });
      } finally {
        await peer.close?.();
      }
    });

  test('a strong read sees every swap that a peer has completed', async ({ cache, peer, key }) => {
    for (const at of numbers(50).map(() => key())) {
      // A plain read first, so that a cache which keeps a snapshot has one.
      await cache.read([at]);
      const entry = await store(peer, at, lasting('from the peer'));
      equal(await readOne(cache, at), entry);
      await peer.swap(at, entry.version, null);
      equal(await readOne(cache, at), null);
    }
  });

  test('a swap meets what a peer has stored, and is told so', async ({ cache, peer, key }) => {
    const at = key();
    const entry = await store(peer, at, lasting('from the peer'));
    equal(await cache.swap(at, null, lasting('late')), { ok: false, current: entry });
    const version = versionOf(await cache.swap(at, entry.version, lasting('next')));
    equal(await readOne(peer, at), { value: 'next', version });
  });

  test('races with a peer over many keys have one winner each', async ({ cache, peer, key }) => {
    const keys = numbers(100).map(() => key());
    const race = (racer: PassCache): Promise<readonly boolean[]> =>
      Promise.all(keys.map(async (at) => (await racer.swap(at, null, lasting('value'))).ok));
    const [mine, theirs] = await Promise.all([race(cache), race(peer)]);
    equal(
      keys.map((_, index) => mine[index] === theirs[index]),
      keys.map(() => false),
    );
  });

  test('no increment is lost when a peer increments the same counter', async ({ cache, peer, key }) => {
    const at = key();
    await store(cache, at, lasting('0'));
    await Promise.all([increment(cache, at, 50), increment(peer, at, 50)]);
    equal((await readOne(cache, at))?.value, '100');
  });

  test('versions of two peers never meet', async ({ cache, peer, key }) => {
    const at = key();
    const versions = new Set<string>();
    for (const writer of [cache, peer, cache, peer, cache, peer]) {
      const { version } = await store(writer, at, lasting('the same value'));
      versions.add(version);
      await writer.swap(at, version, null);
    }
    equal(versions.size, 6);
  });

  test('an entry expires for a peer too', async ({ cache, peer, key }) => {
    const at = key();
    await store(cache, at, { value: 'lease', ttlMs: 100 });
    await pass(400);
    equal(await readOne(peer, at), null);
    equal((await peer.swap(at, null, lasting('next'))).ok, true);
  });

  test('closing one handle does not close its peer', async ({ cache, peer, key }) => {
    const at = key();
    const entry = await store(cache, at, lasting('value'));
    await peer.close?.();
    equal(await readOne(cache, at), entry);
    equal((await cache.swap(at, entry.version, lasting('next'))).ok, true);
  });
}
