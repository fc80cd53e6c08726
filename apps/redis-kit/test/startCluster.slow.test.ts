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
  describe('with replicas', () => {
    let cluster: Cluster;

    beforeAll(async () => {
      cluster = await startCluster({ replicasEach: 1 });
    }, startLimitMs);
    afterAll(async () => await cluster.stop());

    it('goes on with a replica where its primary dies', async () => {
      const client = clientOf(cluster);
      await client.set('key', 'value');
      const slot = await cluster.slotOf('key');
      const dead = await cluster.ownerOf(slot);
      expect(await dead.command('WAIT', 1, 5_000)).toBe(1);
      await dead.kill();
      const replica = cluster.nodes[cluster.nodes.indexOf(dead) + 3];
      await expect
        .poll(async () => (await replica?.info('replication'))?.['role'], { timeout: 20_000 })
        .toBe('master');
      await cluster.settled();
      expect(await cluster.ownerOf(slot)).toBe(replica);
      expect(await client.get('key')).toBe('value');
    });
  });
});
