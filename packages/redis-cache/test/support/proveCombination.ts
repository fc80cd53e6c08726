import { cacheConformance, type RunnerIt } from '@pass-dcr/conformance';
import type { PassCache } from '@pass-dcr/core';
import { redisCache } from '@pass-dcr/redis-cache';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CacheProcess } from './CacheProcess.js';
import { ProxiedServers } from './ProxiedServers.js';
import { sendTwice } from './sendTwice.js';
import type { Route } from './sentinelClients.js';
import type { Address, TestClient } from './TestClient.js';

/** On a busy machine a race of hundreds of calls takes its time, which is not what these cases are about. */
const limits = { readTimeoutMs: 2000, swapTimeoutMs: 2000 };

export interface Combination {
  readonly connect: (route: Servers) => Promise<TestClient>;
  /** The servers that the client writes to. */
  readonly servers: () => readonly Address[];
  readonly peers: () => CacheProcess;
  /** Whether its connections go where proxies are. */
  readonly canBeCut: boolean;
}

export interface Servers {
  readonly addresses: readonly Address[];
  readonly route: Route;
}

/** Most cases share a client, which each of their caches leaves as it was. */
export function proveCombination({ connect, servers, peers, canBeCut }: Combination): void {
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
