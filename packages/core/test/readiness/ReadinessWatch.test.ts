import { describe, expect, it } from 'vitest';
import type { CacheFinding, PassCache } from '../../src/cache/PassCache.js';
import { createHarness, deviceNumber, recordEvents, times } from '../session/harness.js';

const evicts: CacheFinding = { level: 'error', code: 'store_evicts', message: 'It evicts.' };
const never = async (): Promise<never> => await new Promise(() => undefined);

/** A cache that counts how often it is asked, and says of itself what it is told to. */
function watched(
  cache: PassCache,
): PassCache & { reads: number; checks: number; says: readonly CacheFinding[] } {
  return {
    ...cache,
    reads: 0,
    checks: 0,
    says: [],
    async read(keys, options) {
      this.reads += 1;
      return await cache.read(keys, options);
    },
    async check() {
      this.checks += 1;
      return this.says;
    },
  };
}

describe('readiness', () => {
  it('says what the cache says of itself, and stays ready', async () => {
    await using harness = await createHarness();
    const cache = watched(harness.cache);
    cache.says = [evicts, { level: 'info', code: 'store_server', message: 'Store 7.' }];
    expect(await harness.createPass({ cache }).readiness()).toMatchObject({
      ready: true,
      findings: cache.says,
    });
    expect(harness.simulator.ledger.count()).toBe(0);
  });

  it('asks once for all who ask at once, and lets the cache look at itself every five seconds at most', async () => {
    await using harness = await createHarness();
    const cache = watched(harness.cache);
    const pass = harness.createPass({ cache });
    const answers = await Promise.all(times(100, async () => await pass.readiness()));
    expect(answers).toMatchObject(times(100, () => ({ ready: true, findings: [] })));
    // In a cache that is empty the record of the format before is looked for too.
    expect(cache).toMatchObject({ reads: 3, checks: 1 });
    cache.says = [evicts];
    harness.advance(4_000);
    expect((await pass.readiness()).findings).toEqual([]);
    expect(cache).toMatchObject({ reads: 5, checks: 1 });
    harness.advance(1_000);
    expect((await pass.readiness()).findings).toEqual([evicts]);
    expect(cache).toMatchObject({ checks: 2 });
  });

  it('looks again after its time, also where the clock was set back meanwhile', async () => {
    await using harness = await createHarness();
    const cache = watched(harness.cache);
    const pass = harness.createPass({ cache });
    await pass.readiness();
    harness.clock.step(-3_600_000);
    harness.advance(5_000);
    await pass.readiness();
    expect(cache.checks).toBe(2);
  });

  it.each<[string, Partial<PassCache>]>([
    ['reads', { read: never }],
    ['everything', { read: never, swap: never, check: never }],
  ])(
    'answers within a second though the cache never answers %s, and is ready when it does',
    async (_, hangs) => {
      await using harness = await createHarness();
      const cache: PassCache = { ...harness.cache, ...hangs };
      const pass = harness.createPass({ cache });
      const startedAt = performance.now();
      expect(await pass.readiness()).toMatchObject({
        ready: false,
        findings: [
          { level: 'error', code: 'cache_unavailable' },
          { level: 'info', code: 'starting' },
        ],
      });
      expect(performance.now() - startedAt).toBeLessThan(1_000);
      Object.assign(cache, harness.cache, { check: undefined });
      harness.advance(5_000);
      // What was asked before fails now: it has waited for five seconds.
      await new Promise((resolve) => setImmediate(resolve));
      expect(await pass.readiness()).toMatchObject({ ready: true, findings: [] });
    },
  );

  it('comes to be ready also on a cache that takes nearly the whole second that a read may take', async () => {
    await using harness = await createHarness();
    const cache: PassCache = {
      ...harness.cache,
      read: async (keys) => {
        await new Promise((resolve) => setTimeout(resolve, 900));
        return await harness.cache.read(keys);
      },
    };
    const pass = harness.createPass({ cache });
    expect((await pass.readiness()).ready).toBe(false);
    await expect.poll(async () => (await pass.readiness()).ready, { timeout: 3_000 }).toBe(true);
  });

  it('goes on saying what the cache has last said while it looks at itself for too long', async () => {
    await using harness = await createHarness();
    const cache = watched(harness.cache);
    cache.says = [evicts];
    const pass = harness.createPass({ cache });
    await pass.readiness();
    harness.advance(5_000);
    cache.check = never;
    expect(await pass.readiness()).toMatchObject({ ready: true, findings: [evicts] });
  });

  it('is over with close', async () => {
    await using harness = await createHarness();
    const pass = harness.createPass();
    expect((await pass.readiness()).ready).toBe(true);
    await pass.close();
    expect(await pass.readiness()).toMatchObject({
      ready: false,
      findings: [{ level: 'info', code: 'closed', message: 'The server is shutting down.' }],
    });
  });
});

it('a cache of the format of before is an error, and is left as it is', async () => {
  await using harness = await createHarness();
  const [former, value] = ['pass-dcr:1:local:tv:meta', 'e1.abcdefgh.AAAA'];
  await harness.cache.swap(former, null, { value, ttlMs: null });
  const pass = harness.createPass();
  expect(await pass.readiness()).toMatchObject({
    findings: [{ level: 'error', code: 'cache_format_unsupported' }],
  });
  await expect(pass.authenticate(deviceNumber(1))).rejects.toMatchObject({
    code: 'cache_format_unsupported',
  });
  expect(await harness.cache.read([former])).toMatchObject([{ value }]);
  expect(harness.simulator.ledger.count()).toBe(0);
});

describe('an error that is found', () => {
  it('is announced when the first device is looked up, without anybody asking', async () => {
    await using harness = await createHarness();
    using recording = recordEvents();
    const cache = watched(harness.cache);
    cache.says = [evicts, { level: 'warning', code: 'store_slow', message: 'It is slow.' }];
    const pass = harness.createPass({ cache });
    expect(recording.of('warning')).toEqual([]);
    await Promise.all(times(20, async (n) => await pass.client(deviceNumber(n)).accessToken()));
    expect(recording.of('warning')).toEqual([
      { type: 'warning', code: 'readiness', message: 'store_evicts: It evicts.' },
    ]);
    expect(cache.checks).toBe(1);
  });

  it('is announced once while it lasts, and again when it comes back', async () => {
    await using harness = await createHarness();
    using recording = recordEvents();
    const cache = watched(harness.cache);
    const pass = harness.createPass({ cache });
    const announcedAfter = async (says: readonly CacheFinding[]): Promise<number> => {
      cache.says = says;
      harness.advance(5_000);
      await pass.readiness();
      return recording.of('warning').length;
    };
    expect(await announcedAfter([])).toBe(0);
    expect(await announcedAfter([evicts])).toBe(1);
    expect(await announcedAfter([evicts])).toBe(1);
    expect(await announcedAfter([])).toBe(1);
    expect(await announcedAfter([evicts])).toBe(2);
  });
});
