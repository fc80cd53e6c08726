import { describe, expect, it } from 'vitest';
import type { CacheEntry, PassCache } from '../../src/cache/PassCache.js';
import { briefHold, createHarness, deviceNumber, hourMs } from './harness.js';
import { timingForTests, timingWith } from '../../src/testing/timingWith.js';

const device = deviceNumber(1);

describe('a cache that goes back in time', () => {
  it('does not bring a replaced pair back: the higher generation wins everywhere, and nobody registers', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const { simulator } = harness;
    let key = '';
    const cache: PassCache = {
      scope: 'shared',
      read: async (keys, options) => await harness.cache.read(keys, options),
      async swap(name, expected, next) {
        if (name.endsWith(':c')) key = name;
        return await harness.cache.swap(name, expected, next);
      },
    };
    const stored = async (): Promise<CacheEntry | null> => (await harness.cache.read([key]))[0] ?? null;
    const first = harness.createPass(
      { cache },
      { timing: timingWith({ replacement: timingForTests.replacement, recovery: briefHold }) },
    );
    await first.client(device).accessToken();
    const backup = await stored();
    const [old] = simulator.clients();
    simulator.revokeClient(old?.clientId ?? '');
    harness.advance(6 * hourMs);
    await first.client(device).accessToken();
    const replacement = simulator.clients()[1];
    await expect.poll(async () => (await first.readiness()).ready).toBe(true);

    // A backup from before the replacement is restored, and Adobe Pass takes the old pair again.
    simulator.restoreClient(old?.clientId ?? '');
    const current = await stored();
    await harness.cache.swap(key, current?.version ?? null, { value: backup?.value ?? '', ttlMs: null });
    const second = harness.createPass({ cache });
    await second.client(device).accessToken();

    const clientOf = async (pass: typeof first): Promise<string | undefined> => {
      const mark = simulator.ledger.mark();
      await pass.client(device).profiles.all();
      return simulator.ledger.entries({ since: mark, endpoint: 'profiles' })[0]?.clientId;
    };
    expect(await clientOf(first)).toBe(replacement?.clientId);
    // Each looks at the cache when it renews its token.
    harness.advance(6 * hourMs);
    expect(await clientOf(first)).toBe(replacement?.clientId);
    harness.advance(6 * hourMs);
    expect(await clientOf(second)).toBe(replacement?.clientId);
    expect(simulator.clients()).toHaveLength(2);
  });
});
