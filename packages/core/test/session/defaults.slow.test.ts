import { describe, expect, it, vi } from 'vitest';
import type { PassCache } from '../../src/cache/PassCache.js';
import { createHarness, deviceNumber, hourMs } from './harness.js';

// Real seconds, with the durations that servers run with; each waits for its own.
vi.setConfig({ maxConcurrency: 20 });

const device = deviceNumber(1);

async function msOf(work: () => Promise<unknown>): Promise<{ readonly ms: number; readonly error: unknown }> {
  const startedAt = performance.now();
  const error = await work().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { ms: performance.now() - startedAt, error };
}

/** The harness's cache, which from a switch on never answers. */
function hanging(cache: PassCache): PassCache & { hangs: boolean } {
  return {
    hangs: false,
    scope: 'host',
    async read(keys, options) {
      return this.hangs ? await new Promise(() => undefined) : await cache.read(keys, options);
    },
    async swap(...swap) {
      return this.hangs ? await new Promise(() => undefined) : await cache.swap(...swap);
    },
  };
}

describe.concurrent('with the durations of a server', { timeout: 60_000 }, () => {
  it('a cache that does not answer a read has failed after one second', async () => {
    await using harness = await createHarness();
    const cache = hanging(harness.cache);
    const pass = harness.createPass({ cache });
    await pass.authenticate(device);
    cache.hangs = true;
    const { ms, error } = await msOf(async () => await pass.authenticate(deviceNumber(2)));
    expect(error).toMatchObject({ code: 'cache_unavailable' });
    expect(ms).toBeGreaterThan(950);
    expect(ms).toBeLessThan(2_500);
  });

  it.each([
    ['token', 'deadline_exceeded', 14_900, 15_900],
    // Three times four seconds, and the pauses between them.
    ['profiles', 'upstream_unavailable', 12_500, 15_000],
  ] as const)('an answer of one byte per second from %s is %s', async (endpoint, code, leastMs, mostMs) => {
    await using harness = await createHarness({ throttle: 'off' });
    const client = harness.createPass().client(device);
    if (endpoint === 'profiles') await client.accessToken();
    harness.simulator.fault({ endpoint, count: Infinity, effect: { slowBodyBytesPerSecond: 1 } });
    const { ms, error } = await msOf(async () => await client.profiles.all());
    expect(error).toMatchObject({ code });
    expect(harness.simulator.ledger.count({ endpoint })).toBe(3);
    expect(ms).toBeGreaterThan(leastMs);
    expect(ms).toBeLessThan(mostMs);
  });

  it('a device that a process died with is registered by another once the lease of five seconds is over', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const { simulator } = harness;
    const cache = hanging(harness.cache);
    // It takes the lease, and nothing is heard of it any more.
    const dead = harness.createPass({
      cache: {
        scope: 'host',
        read: async (keys, options) => await cache.read(keys, options),
        async swap(...swap) {
          const swapped = await cache.swap(...swap);
          cache.hangs = true;
          return swapped;
        },
      },
    });
    const lost = dead.authenticate(device).catch(() => undefined);
    await expect.poll(() => cache.hangs).toBe(true);
    const { ms, error } = await msOf(async () => await harness.createPass().authenticate(device));
    expect(error).toBeUndefined();
    expect(ms).toBeGreaterThan(4_000);
    expect(ms).toBeLessThan(7_500);
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1);
    await lost;
  });

  it('a pair is replaced after three refusals, each a second after the last', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const { simulator } = harness;
    const pass = harness.createPass();
    // Three that are older can bear witness.
    for (const identifier of ['first', 'second', 'third']) await pass.authenticate({ identifier });
    await pass.authenticate(device);
    const client = simulator.clients().at(-1);
    simulator.revokeClient(client?.clientId ?? '');
    harness.advance(6 * hourMs);
    for (const identifier of ['first', 'second', 'third']) await pass.authenticate({ identifier });
    const mark = simulator.ledger.mark();
    await pass.authenticate(device);
    const refused = simulator.ledger
      .entries({ since: mark, endpoint: 'token', status: 400 })
      .map(({ at }) => at);
    // The last is the old pair's last chance, after the new one has proved itself.
    expect(refused).toHaveLength(4);
    const [first = 0, second = 0, third = 0] = refused;
    expect(second - first).toBeGreaterThanOrEqual(1_000);
    expect(third - second).toBeGreaterThanOrEqual(1_000);
    expect(simulator.ledger.count({ since: mark, endpoint: 'register' })).toBe(1);
  });
});
