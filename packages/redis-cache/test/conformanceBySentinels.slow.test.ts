import {
  needsRedis,
  startRedis,
  startSentinels,
  type RedisServer,
  type Sentinels,
} from '@pass-dcr/redis-kit';
import { afterAll, beforeAll, describe } from 'vitest';
import { CacheProcess } from './support/CacheProcess.js';
import { proveCombination } from './support/proveCombination.js';
import { sentinelClients } from './support/sentinelClients.js';

needsRedis(describe)('redisCache keeps the rules of a cache', () => {
  describe('on what Sentinels name', () => {
    let primary: RedisServer;
    let replica: RedisServer;
    let sentinels: Sentinels;
    let peers: CacheProcess;
    beforeAll(async () => {
      primary = await startRedis();
      replica = await startRedis({ replicaOf: primary });
      sentinels = await startSentinels({ primary, downAfterMs: 30_000 });
      peers = await CacheProcess.start('single', [{ host: primary.host, port: primary.port }]);
    }, 60_000);
    afterAll(async () => {
      await peers.end();
      await sentinels.stop();
      await replica.stop();
      await primary.stop();
    });

    describe.concurrent.each(Object.entries(sentinelClients))('%s', (_name, connectTo) => {
      proveCombination({
        connect: async ({ route }) =>
          await connectTo({ name: sentinels.name, addresses: sentinels.addresses, route }),
        servers: () => [primary, replica].map(({ host, port }) => ({ host, port })),
        peers: () => peers,
        canBeCut: true,
      });
    });
  });
});
