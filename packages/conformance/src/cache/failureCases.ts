import type { CacheCapabilities } from './CacheConformanceOptions.js';
import { lasting, outcomeOf, readOne, store, versionOf, type CacheSuite } from './CacheSuite.js';

export function failureCases(
  { test, testMethod, testWith, equal }: CacheSuite,
  { interrupt, stall, resend }: CacheCapabilities,
): void {
  const onceClosed = 'once closed, the cache rejects, and answers neither absent nor conflict';
  testMethod('close', onceClosed, async ({ cache, key }) => {
    const at = key();
    await store(cache, at, lasting('value'));
    await cache.close?.();
    equal(await outcomeOf(() => cache.read([at])), 'rejected');
    equal(await outcomeOf(() => cache.read([at], { strong: true })), 'rejected');
    equal(await outcomeOf(() => cache.swap(at, null, lasting('other'))), 'rejected');
    equal(await outcomeOf(() => cache.swap(at, null, null)), 'rejected');
  });

  test('closing twice, also at once, is closing', async ({ cache }) => {
    await Promise.all([cache.close?.(), cache.close?.()]);
    await cache.close?.();
  });

  test('check answers findings, and does not throw', async ({ cache }) => {
    const findings = (await cache.check?.()) ?? [];
    for (const { level, code, message } of findings) {
      equal(['error', 'warning', 'info'].includes(level), true);
      equal([typeof code, typeof message], ['string', 'string']);
    }
    await cache.close?.();
    equal(Array.isArray((await cache.check?.()) ?? []), true);
  });

  testWith(
    'interrupt',
    interrupt,
    'a store that cannot be asked makes every call reject',
    async ({ cache, key }, cut) => {
      const at = key();
      await store(cache, at, lasting('value'));
      await cut(cache);
      // At once: a driver may take all the time to find out.
      const outcomes = await Promise.all([
        outcomeOf(() => cache.read([at], { timeoutMs: 1000 })),
        outcomeOf(() => cache.read([at], { strong: true, timeoutMs: 1000 })),
        outcomeOf(() => cache.swap(at, null, lasting('other'), { timeoutMs: 1000 })),
        outcomeOf(() => cache.swap(at, null, null, { timeoutMs: 1000 })),
      ]);
      equal(outcomes, ['rejected', 'rejected', 'rejected', 'rejected']);
      equal(Array.isArray((await cache.check?.()) ?? []), true);
    },
  );

  testWith(
    'stall',
    stall,
    'a store that does not answer makes every call reject in time',
    async ({ cache, key }, hang) => {
      const at = key();
      await store(cache, at, lasting('value'));
      await hang(cache);
      const startedAt = Date.now();
      const outcomes = await Promise.all([
        outcomeOf(() => cache.read([at], { timeoutMs: 300 })),
        outcomeOf(() => cache.read([at], { strong: true, timeoutMs: 300 })),
        outcomeOf(() => cache.swap(at, null, lasting('other'), { timeoutMs: 300 })),
        outcomeOf(() => cache.swap(at, null, null, { timeoutMs: 300 })),
      ]);
      equal(outcomes, ['rejected', 'rejected', 'rejected', 'rejected']);
      equal(Date.now() - startedAt < 2500, true);
    },
  );

  testWith(
    'resend',
    resend,
    'a write that is sent twice succeeds twice and happens once',
    async ({ cache, key }, sendTwice) => {
      const at = key();
      const [first, repeated] = await sendTwice(cache, at, null, lasting('value'));
      equal(versionOf(repeated), versionOf(first));
      equal(await readOne(cache, at), { value: 'value', version: versionOf(first) });
    },
  );

  testWith(
    'resend',
    resend,
    'a replacement that is sent twice succeeds twice and happens once',
    async ({ cache, key }, sendTwice) => {
      const at = key();
      const { version } = await store(cache, at, lasting('value'));
      const [first, repeated] = await sendTwice(cache, at, version, lasting('next'));
      equal(versionOf(repeated), versionOf(first));
      equal(await readOne(cache, at), { value: 'next', version: versionOf(first) });
    },
  );

  testWith(
    'resend',
    resend,
    'a deletion that is sent twice succeeds twice',
    async ({ cache, key }, sendTwice) => {
      const at = key();
      const { version } = await store(cache, at, lasting('value'));
      equal(await sendTwice(cache, at, version, null), [
        { ok: true, version: null },
        { ok: true, version: null },
      ]);
      equal(await readOne(cache, at), null);
    },
  );
}
