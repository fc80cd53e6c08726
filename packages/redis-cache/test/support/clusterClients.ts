import { GlideClusterClient, Logger } from '@valkey/valkey-glide';
import { Cluster as Cluster5 } from 'ioredis5';
import { Cluster as Cluster6 } from 'ioredis6';
import { Cluster as ValkeyCluster } from 'iovalkey';
import { createCluster as createCluster5 } from 'redis5';
import { createCluster as createCluster6 } from 'redis6';
import type { Route } from './sentinelClients.js';
import { ofGlide, ofIoredis, ofNodeRedis, type Address, type TestClient } from './TestClient.js';
import { tried } from './tried.js';

// Its core prints every lost connection.
Logger.setLoggerConfig('off');

export interface ClusterTarget {
  readonly nodes: readonly Address[];
  /** Where to find what the nodes name. */
  readonly route: Route;
}

/** A client of each driver for a Cluster, given some of its nodes. Glide takes addresses as the nodes have them. */
export const clusterClients = {
  'ioredis 5': async ({ nodes, route }: ClusterTarget): Promise<TestClient> =>
    ofIoredis(new Cluster5([...nodes], { natMap: { ...route } })),
  'ioredis 6': async ({ nodes, route }: ClusterTarget): Promise<TestClient> =>
    ofIoredis(new Cluster6([...nodes], { natMap: { ...route } })),
  iovalkey: async ({ nodes, route }: ClusterTarget): Promise<TestClient> =>
    ofIoredis(new ValkeyCluster([...nodes], { natMap: { ...route } })),
  'node-redis 5': async ({ nodes, route }: ClusterTarget): Promise<TestClient> =>
    await ofNodeRedis(createCluster5({ rootNodes: rootNodes(nodes), nodeAddressMap: { ...route } })),
  'node-redis 6': async ({ nodes, route }: ClusterTarget): Promise<TestClient> =>
    await ofNodeRedis(createCluster6({ rootNodes: rootNodes(nodes), nodeAddressMap: { ...route } })),
  glide: async ({ nodes }: ClusterTarget): Promise<TestClient> =>
    ofGlide(await GlideClusterClient.createClient({ addresses: [...nodes], requestTimeout: 5000 })),
} as const;

export type ClusterClientName = keyof typeof clusterClients;

/** Those that this run tries. */
export const clusterClientNames: readonly ClusterClientName[] = tried(
  Object.keys(clusterClients) as ClusterClientName[],
);

function rootNodes(nodes: readonly Address[]): { readonly socket: Address }[] {
  return nodes.map((socket) => ({ socket }));
}
