import { needsRedis, startCluster, type Cluster } from '@pass-dcr/redis-kit';
import { afterAll, beforeAll, describe } from 'vitest';
import { CacheProcess } from './support/CacheProcess.js';
import { clusterClients } from './support/clusterClients.js';
import { proveCombination } from './support/proveCombination.js';

needsRedis(describe)('redisCache keeps the rules of a cache', () => {
  describe('on a Cluster', () => {
    let cluster: Cluster;
    let peers: CacheProcess;
    beforeAll(async () => {
      cluster = await startCluster();
      peers = await CacheProcess.start('cluster', cluster.addresses);
    }, 60_000);
    afterAll(async () => {
      await peers.end();
      await cluster.stop();
    });

    describe.concurrent.each(Object.entries(clusterClients))('%s', (name, connectTo) => {
      proveCombination({
        connect: async ({ addresses, route }) =>
          await connectTo(
            name === 'glide' ? { nodes: cluster.addresses, route } : { nodes: addresses, route },
          ),
        servers: () => cluster.addresses,
        peers: () => peers,
        canBeCut: name !== 'glide',
      });
    });
  });
});
