import { Cluster as ClusterClient } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { needsRedis, startCluster, type Cluster } from '@pass-dcr/redis-kit';

const startLimitMs = 40_000;

function clientOf(cluster: Cluster): ClusterClient {
  const client = new ClusterClient([...cluster.addresses], { clusterRetryStrategy: () => 50 });
  client.on('error', () => {});
  onTestFinished(() => client.disconnect());
  return client;
}

needsRedis(describe)('startCluster', () => {
  describe('of three primaries', () => {
    let cluster: Cluster;

    beforeAll(async () => {
      cluster = await startCluster();
    }, startLimitMs);
    afterAll(async () => await cluster.stop());

    it('divides the slots', async () => {
      const owners = await Promise.all([0, 8_000, 16_383].map(async (slot) => await cluster.ownerOf(slot)));
      expect(owners).toEqual(cluster.nodes);
    });

    it('moves a slot with its keys, while clients ask for them', async () => {
      const client = clientOf(cluster);
      const keys = Array.from({ length: 250 }, (_, n) => `{tv}:${n}`);
      for (const key of keys) await client.set(key, key);
      const slot = await cluster.slotOf('{tv}');
      const from = await cluster.ownerOf(slot);
      const to = cluster.nodes.find((node) => node !== from) ?? from;

      await cluster.moveSlot(slot, to, {
        whileMigrating: async () => {
          await expect(from.command('GET', '{tv}:1')).rejects.toThrow(`ASK ${slot}`);
          expect(await client.get('{tv}:1')).toBe('{tv}:1');
          await client.set('{tv}:new', 'written meanwhile');
        },
      });

      expect(await cluster.ownerOf(slot)).toBe(to);
      await expect(from.command('GET', '{tv}:1')).rejects.toThrow(`MOVED ${slot}`);
      for (const key of keys) expect(await client.get(key)).toBe(key);
      expect(await client.get('{tv}:new')).toBe('written meanwhile');
    });
  });
});
