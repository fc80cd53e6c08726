import { describe, expect, it } from 'vitest';
import type { CacheFinding, PassCache } from '../../src/cache/PassCache.js';
import { attachClient } from '../../src/inbound/attachClient.js';
import { inboundRequest } from '../inbound/inboundRequest.js';
import { createHarness, deviceNumber, hourMs, times } from '../session/harness.js';

const evicts: CacheFinding = { level: 'error', code: 'store_evicts', message: 'It evicts.' };
const replica: CacheFinding = { level: 'error', code: 'store_is_replica', message: 'It is a replica.' };
const harmless: readonly CacheFinding[] = [
  { level: 'warning', code: 'store_not_durable', message: 'It forgets.' },
  { level: 'info', code: 'store_server', message: 'Store 7.' },
];
const device = deviceNumber(1);

interface Store extends PassCache {
  says: readonly CacheFinding[];
  checks: number;
  operations: number;
}

function storeOn(cache: PassCache, says: readonly CacheFinding[]): Store {
  return {
    ...cache,
    says,
    checks: 0,
    operations: 0,
    async read(keys, options) {
      if (keys.some((key) => !key.endsWith(':meta') && !key.endsWith(':users'))) this.operations += 1;
      return await cache.read(keys, options);
    },
    async swap(...call) {
      this.operations += 1;
      return await cache.swap(...call);
    },
    async check() {
      this.checks += 1;
      return this.says;
    },
  };
}

describe('strict', () => {
  it('serves no device from a cache that is not fit, and says what is wrong with it', async () => {
    await using harness = await createHarness();
    const cache = storeOn(harness.cache, [evicts, ...harmless, replica]);
    const pass = harness.createPass({ cache, strict: true });
    expect(await pass.readiness()).toMatchObject({
      ready: false,
      findings: [{ level: 'error', code: 'cache_unsafe' }, evicts, ...harmless, replica],
    });
    const client = pass.client(device);
    const calls = [
      () => pass.authenticate(device),
      () => client.accessToken(),
      () => client.profiles.all(),
      () => client.configuration(),
      () => client.request('GET', '/api/v2/REF30/profiles'),
      () => pass.restore(device),
      () => pass.reseal(),
    ];
    for (const call of calls)
      await expect(call()).rejects.toMatchObject({
        code: 'cache_unsafe',
        status: 500,
        retryable: false,
        viewerMustSignIn: false,
        message: expect.stringContaining('(store_evicts, store_is_replica)'),
      });
    const outcome = attachClient<{ pass?: unknown }>(pass, { device: () => device }).attach(
      {},
      inboundRequest(),
    );
    await expect(outcome).rejects.toMatchObject({ code: 'cache_unsafe' });
    expect(cache.operations).toBe(0);
    expect(harness.simulator.ledger.count()).toBe(0);
  });

  it('is not passed by what the cache says cannot be seen, of whatever level', async () => {
    await using harness = await createHarness();
    const unseen = {
      level: 'warning',
      code: 'store_hides',
      message: 'It does not tell.',
      failsStrict: true,
    } as const;
    const says = [unseen];
    const strict = harness.createPass({ cache: storeOn(harness.cache, says), strict: true });
    await expect(strict.authenticate(device)).rejects.toMatchObject({
      code: 'cache_unsafe',
      message: expect.stringContaining('(store_hides)') as string,
    });
    const other = harness.createPass({ cache: storeOn(harness.cache, says) });
    await other.authenticate(device);
    expect(await other.readiness()).toMatchObject({ ready: true, findings: [unseen] });
  });

  it('asks the cache every five seconds at most, and serves as soon as it is repaired', async () => {
    await using harness = await createHarness();
    const cache = storeOn(harness.cache, [evicts]);
    const pass = harness.createPass({ cache, strict: true });
    const outcomes = await Promise.allSettled(times(50, async () => await pass.client(device).accessToken()));
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['rejected']));
    cache.says = harmless;
    await expect(pass.client(device).accessToken()).rejects.toMatchObject({ code: 'cache_unsafe' });
    expect(cache.checks).toBe(1);
    harness.advance(5_000);
    await pass.client(device).accessToken();
    expect(cache.checks).toBe(2);
    expect(await pass.readiness()).toMatchObject({ ready: true, findings: harmless });
  });

  it('is satisfied by readiness() too', async () => {
    await using harness = await createHarness();
    const cache = storeOn(harness.cache, []);
    const pass = harness.createPass({ cache, strict: true });
    expect(await pass.readiness()).toMatchObject({ ready: true, findings: [] });
    await pass.client(device).accessToken();
    expect(cache.checks).toBe(1);
  });

  it('is satisfied once and for all: what is found later is reported only', async () => {
    await using harness = await createHarness();
    const cache = storeOn(harness.cache, harmless);
    const pass = harness.createPass({ cache, strict: true });
    await pass.client(device).accessToken();
    cache.says = [evicts];
    harness.advance(7 * hourMs);
    expect(await pass.readiness()).toMatchObject({ ready: true, findings: [evicts] });
    await pass.client(device).accessToken();
    await pass.client(deviceNumber(2)).accessToken();
  });

  it('costs a device with a token in memory nothing', async () => {
    await using harness = await createHarness();
    const cache = storeOn(harness.cache, []);
    const pass = harness.createPass({ cache, strict: true });
    await pass.client(device).accessToken();
    const attachment = attachClient<{ pass?: unknown }>(pass, { device: () => device });
    const request = inboundRequest();
    const { checks, operations } = cache;
    for (let n = 0; n < 100; n += 1) expect(attachment.attach({}, request)).toBeUndefined();
    expect(cache).toMatchObject({ checks, operations });
  });

  it.each<[string, Partial<PassCache>]>([
    ['cannot be reached', { read: async () => await Promise.reject(new Error('ECONNREFUSED')) }],
    ['cannot look at itself', { check: async () => await Promise.reject(new Error('NOPERM')) }],
  ])('turns devices away for now where the cache %s', async (_, broken) => {
    await using harness = await createHarness();
    const cache: PassCache = { ...harness.cache, ...broken };
    const pass = harness.createPass({ cache, strict: true });
    await expect(pass.client(device).accessToken()).rejects.toMatchObject({
      code: 'cache_unavailable',
      status: 503,
      retryable: true,
    });
    expect((await pass.readiness()).ready).toBe(false);
    Object.assign(cache, harness.cache, { check: undefined });
    harness.advance(5_000);
    await pass.client(device).accessToken();
  });

  it('names a secret that is not the one which filled the cache', async () => {
    await using harness = await createHarness();
    await harness.createPass().client(device).accessToken();
    const secret = 'another secret of at least 32 characters';
    const pass = harness.createPass({ secret, strict: true });
    await expect(pass.client(device).accessToken()).rejects.toMatchObject({ code: 'secret_mismatch' });
    expect((await pass.readiness()).ready).toBe(false);
  });

  it('keeps no caller whose signal ends while the cache looks at itself', async () => {
    await using harness = await createHarness();
    const cache: PassCache = { ...harness.cache, check: async () => await new Promise(() => undefined) };
    const pass = harness.createPass({ cache, strict: true });
    const startedAt = performance.now();
    await expect(pass.client(device).accessToken({ signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

describe('without strict', () => {
  it('a cache that is not fit serves all the same', async () => {
    await using harness = await createHarness();
    const cache = storeOn(harness.cache, [evicts]);
    const pass = harness.createPass({ cache });
    await pass.client(device).accessToken();
    expect(await pass.readiness()).toMatchObject({ ready: true, findings: [evicts] });
  });
});
