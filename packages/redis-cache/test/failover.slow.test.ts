import { redisCache } from '@pass-dcr/redis-cache';
import { needsRedis, startRedis, startSentinels } from '@pass-dcr/redis-kit';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { eventually } from './support/eventually.js';
import { sentinelClients } from './support/sentinelClients.js';
import { timeOf } from './support/timeOf.js';

needsRedis(describe)('a failover by Sentinels', () => {
  it(
    'loses what was not replicated, and is told to whoever can put it back; every driver goes on',
    { timeout: 90_000 },
    async () => {
      const primary = await startRedis();
      onTestFinished(async () => await primary.stop());
      const replica = await startRedis({ replicaOf: primary });
      onTestFinished(async () => await replica.stop());
      const sentinels = await startSentinels({ primary });
      onTestFinished(async () => await sentinels.stop());
      const { name, addresses } = sentinels;

      const caches = await Promise.all(
        Object.entries(sentinelClients).map(async ([driver, connect]) => {
          const { client, end } = await connect({ name, addresses, route: {} });
          onTestFinished(end);
          const cache = redisCache({ client });
          const back = vi.fn<() => void>();
          cache.onReconnect?.(back);
          const key = `failover:{${driver.replace(' ', '')}}:c`;
          const kept = await cache.swap(key, null, { value: `kept by ${driver}`, ttlMs: null });
          return { driver, cache, back, key, version: kept.ok ? kept.version : '' };
        }),
      );
      await eventually('the replica', async () => (await replica.command('DBSIZE')) === caches.length);
      expect(caches.filter(({ back }) => back.mock.calls.length > 0)).toEqual([]);

      await primary.kill();
      const outcomes = await Promise.all(
        caches.map(
          async ({ cache, key }) => await timeOf(async () => await cache.read([key], { strong: true })),
        ),
      );
      // Not absent, and not for longer than a read may take.
      expect(outcomes.filter(({ result, tookMs }) => result === 'ok' || tookMs > 1000)).toEqual([]);

      await sentinels.failedOver(primary);
      for (const { driver, cache, back, key, version } of caches) {
        await eventually(`${driver} reads`, async () => {
          const [entry] = await cache.read([key], { strong: true });
          expect(entry).toEqual({ value: `kept by ${driver}`, version });
          return true;
        });
        expect(await cache.swap(key, version, { value: 'next', ttlMs: null })).toMatchObject({ ok: true });
        await eventually(`${driver} tells`, () => back.mock.calls.length > 0, 5000);
      }
    },
  );
});
