import { createHook } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import type { PassCache } from '../../src/cache/PassCache.js';
import { attachClient } from '../../src/inbound/attachClient.js';
import type { IncomingRequest } from '../../src/inbound/IncomingRequest.js';
import { createHarness, deviceNumber, times } from './harness.js';

/** Says which devices' records the cache was asked for. */
function counting(cache: PassCache): PassCache & { reads: number } {
  return {
    reads: 0,
    scope: 'shared',
    async read(keys, options) {
      if (keys.length === 3) this.reads += 1;
      return await cache.read(keys, options);
    },
    swap: async (key, expected, next, options) => await cache.swap(key, expected, next, options),
  };
}

const request: IncomingRequest = {
  method: 'GET',
  header: () => undefined,
  address: '203.0.113.7',
  socketAddress: '203.0.113.7',
  socketPort: 50_000,
  response: { destroyed: false, writableEnded: false, once: () => undefined },
};

describe('a device with a usable token in memory', () => {
  it('is answered without a promise and without the cache', async () => {
    await using harness = await createHarness();
    const cache = counting(harness.cache);
    const pass = harness.createPass({ cache });
    const device = deviceNumber(1);
    await pass.client(device).accessToken();
    // The first run gives its lease back after it has answered.
    await expect.poll(async () => (await pass.readiness()).ready).toBe(true);
    const { reads } = cache;
    const attachment = attachClient<{ pass?: unknown }>(pass, { device: () => device });
    let promises = 0;
    const hook = createHook({
      init(_id, type) {
        if (type === 'PROMISE') promises += 1;
      },
    });
    hook.enable();
    const outcomes = times(1_000, () => attachment.attach({}, request));
    hook.disable();
    expect(outcomes.every((outcome) => outcome === undefined)).toBe(true);
    expect(promises).toBe(0);
    expect(cache.reads).toBe(reads);
  });
});

describe('the sessions of a process', () => {
  it('stay within their number; those used lately and those with a young pair are kept', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const cache = counting(harness.cache);
    const pass = harness.createPass({ cache, limits: { devices: 10 } });
    const ask = async (n: number): Promise<number> => {
      const before = cache.reads;
      await pass.client(deviceNumber(n)).accessToken();
      return cache.reads - before;
    };
    for (let n = 1; n <= 10; n += 1) await ask(n);
    harness.advance(11 * 60_000);
    for (let n = 11; n <= 15; n += 1) await ask(n);
    const kept = [];
    for (let n = 1; n <= 15; n += 1) if ((await ask(n)) === 0) kept.push(n);
    // The five young ones are all there, so at most five of the old ones are.
    expect(kept).toEqual(expect.arrayContaining([11, 12, 13, 14, 15]));
    expect(kept.length).toBeLessThanOrEqual(10);
    // Whoever was evicted comes back from the cache, not by a registration.
    expect(harness.simulator.ledger.count({ endpoint: 'register' })).toBe(15);
  });

  it('leave nothing behind for a device that could not be registered', async () => {
    await using harness = await createHarness();
    harness.simulator.fault({ endpoint: 'register', count: Infinity, effect: { error: 'invalid_request' } });
    const pass = harness.createPass();
    const device = deviceNumber(1);
    await expect(pass.client(device).accessToken()).rejects.toMatchObject({ code: 'registration_refused' });
    const startedAt = Date.now();
    // Known from the cooldown in the cache, without a call.
    await expect(pass.client(device).accessToken()).rejects.toMatchObject({ code: 'registration_refused' });
    expect(Date.now() - startedAt).toBeLessThan(1_000);
    expect(harness.simulator.ledger.count({ endpoint: 'register' })).toBe(1);
  });
});
