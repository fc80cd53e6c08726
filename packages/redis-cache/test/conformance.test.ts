import { cacheConformance, type RunnerIt } from '@pass-dcr/conformance';
import type { PassCache } from '@pass-dcr/core';
import { redisCache } from '@pass-dcr/redis-cache';
import {
  needsRedis,
  startCluster,
  startRedis,
  startSentinels,
  type Cluster,
  type RedisServer,
  type Sentinels,
} from '@pass-dcr/redis-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CacheProcess } from './support/CacheProcess.js';
import { clusterClients } from './support/clusterClients.js';
import { ProxiedServers } from './support/ProxiedServers.js';
import { sendTwice } from './support/sendTwice.js';
import { sentinelClients, type Route } from './support/sentinelClients.js';
import { singleClients } from './support/singleClients.js';
import type { Address, TestClient } from './support/TestClient.js';

/** On a busy machine a race of hundreds of calls takes its time, which is not what these cases are about. */
const limits = { readTimeoutMs: 2000, swapTimeoutMs: 2000 };

interface Combination {
  readonly connect: (route: Servers) => Promise<TestClient>;
  /** The servers that the client writes to. */
  readonly servers: () => readonly Address[];
  readonly peers: () => CacheProcess;
  /** Whether its connections go where proxies are. */
  readonly canBeCut: boolean;
}

interface Servers {
  readonly addresses: readonly Address[];
  readonly route: Route;
}

/** Most cases share a client, which each of their caches leaves as it was. */
function proveCombination({ connect, servers, peers, canBeCut }: Combination): void {
  let shared: TestClient;
  beforeAll(async () => {
    shared = await connect({ addresses: servers(), route: {} });
  });
  afterAll(async () => {
    await shared.end();
  });
  cacheConformance({
    it: casesThat((name) => !cuttingCases.has(name)),
    expect,
    create: () => redisCache({ client: shared.client, ...limits }),
    createPeer: async () => await peers().open(),
    resend: async (_cache, ...args) => await sendTwice(shared.client, ...args),
  });
  if (canBeCut) proveCuts(connect, servers);
}

/** The cases that cut the store off: each has a client of its own, through proxies of its own. */
function proveCuts(connect: Combination['connect'], servers: Combination['servers']): void {
  const proxies = new Map<PassCache, ProxiedServers>();
  const ends: (() => Promise<void>)[] = [];
  afterAll(async () => {
    await Promise.all(ends.map(async (end) => await end()));
  });
  const proxiesOf = (cache: PassCache): ProxiedServers => {
    const found = proxies.get(cache);
    if (found === undefined) throw new Error('the cache is not of this case');
    return found;
  };
  cacheConformance({
    it: casesThat((name) => cuttingCases.has(name)),
    expect,
    async create() {
      const proxied = await ProxiedServers.start(servers());
      const { client, end } = await connect(proxied);
      ends.push(end, async () => await proxied.stop());
      const cache = redisCache({ client, ...limits });
      proxies.set(cache, proxied);
      return cache;
    },
    interrupt: async (cache) => await proxiesOf(cache).cut(),
    stall: (cache) => proxiesOf(cache).stall(),
  });
}

const cuttingCases: ReadonlySet<string> = new Set(
  cacheConformance({
    it: () => undefined,
    expect,
    create: () => redisCache({ sendCommand: async () => null }),
  })
    .notOffered.filter(({ needs }) => needs === 'interrupt' || needs === 'stall')
    .map(({ name }) => name),
);

function casesThat(isWanted: (name: string) => boolean): RunnerIt {
  const runTogether: RunnerIt = it.concurrent;
  return (name, run) => {
    if (isWanted(name)) runTogether(name, run);
  };
}

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

    describe.concurrent.each(Object.entries(singleClients))('%s', (_name, connectTo) => {
      proveCombination({
        connect: async ({ addresses: [address] }) => await connectTo(address ?? { host: '', port: 0 }),
        servers: addresses,
        peers: () => peers,
        canBeCut: true,
      });
    });
  });

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
