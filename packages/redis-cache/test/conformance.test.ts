import { needsRedis, startRedis, type RedisServer } from '@pass-dcr/redis-kit';
import { afterAll, beforeAll, describe } from 'vitest';
import { CacheProcess } from './support/CacheProcess.js';
import { proveCombination } from './support/proveCombination.js';
import { clientNames, singleClients } from './support/singleClients.js';
import type { Address } from './support/TestClient.js';

needsRedis(describe)('redisCache keeps the rules of a cache', () => {
  describe('on one server', () => {
    let server: RedisServer;
    let peers: CacheProcess;
    const addresses = (): readonly Address[] => [{ host: server.host, port: server.port }];
    beforeAll(async () => {
      server = await startRedis();
      peers = await CacheProcess.start('single', addresses());
    });
    afterAll(async () => {
      await peers.end();
      await server.stop();
    });

    describe.concurrent.each(clientNames)('%s', (name) => {
      proveCombination({
        connect: async ({ addresses: [address] }) =>
          await singleClients[name](address ?? { host: '', port: 0 }),
        servers: addresses,
        peers: () => peers,
        canBeCut: true,
      });
    });
  });
});
