import { cacheConformance } from '@pass-dcr/conformance';
import { redisCache } from '@pass-dcr/redis-cache';
import { needsRedis, startRedis, type RedisServer } from '@pass-dcr/redis-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientNames, singleClients, type TestClient } from './support/singleClients.js';

needsRedis(describe)('redisCache keeps the rules of a cache', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    await server.stop();
  });

  for (const name of clientNames) {
    describe(`${name}, single`, () => {
      const clients: TestClient[] = [];
      const connect = async (): Promise<TestClient> => {
        const client = await singleClients[name]({ host: server.host, port: server.port });
        clients.push(client);
        return client;
      };
      afterAll(async () => {
        await Promise.all(clients.map(({ end }) => end()));
      });

      cacheConformance({
        it,
        expect,
        create: async () => redisCache({ client: (await connect()).client }),
        createPeer: async () => redisCache({ client: (await connect()).client }),
      });
    });
  }
});
