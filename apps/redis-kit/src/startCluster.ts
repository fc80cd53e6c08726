import { Cluster, slotCount } from './Cluster.js';
import type { RedisConfig } from './configText.js';
import { busPortOffset } from './freePort.js';
import type { RedisServer } from './RedisServer.js';
import { startAll } from './startAll.js';
import { startServer } from './startRedis.js';

export interface ClusterOptions {
  /** Among which the slots are divided evenly. Default: 3. */
  readonly primaries?: number;
  /** Default: 0. */
  readonly replicasEach?: 0 | 1;
  /** As in `RedisOptions`. */
  readonly appendOnly?: boolean;
  /** As in `RedisOptions`, for every node. A node is taken for dead after 2 s: `cluster-node-timeout`. */
  readonly config?: RedisConfig;
}

/** Starts a Cluster, and resolves when each node knows all others and who has which slots. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const { primaries = 3, replicasEach = 0, appendOnly = false, config = {} } = options;
  const count = primaries * (1 + replicasEach);
  const start = async (): Promise<RedisServer> =>
    await startServer({
      mode: 'cluster',
      appendOnly,
      config: { 'cluster-node-timeout': '2000', 'cluster-replica-validity-factor': '0', ...config },
    });
  const nodes = await startAll(Array.from({ length: count }, start));
  const cluster = new Cluster(nodes);
  try {
    await join(nodes, primaries);
    await cluster.settled(count);
    for (const [index, replica] of nodes.slice(primaries).entries())
      await replica.command('CLUSTER', 'REPLICATE', await cluster.idOf(nodes[index] ?? replica));
    await cluster.replicated(replicasEach === 0 ? [] : nodes.slice(primaries));
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return cluster;
}

async function join(nodes: readonly RedisServer[], primaries: number): Promise<void> {
  for (const [index, node] of nodes.entries()) {
    // Two nodes of one epoch would settle that by themselves, later.
    await node.command('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
    if (index < primaries) {
      const from = Math.floor((index * slotCount) / primaries);
      const to = Math.floor(((index + 1) * slotCount) / primaries);
      const slots = Array.from({ length: to - from }, (_, offset) => from + offset);
      await node.command('CLUSTER', 'ADDSLOTS', ...slots);
    }
    // One introduction each would do, but gossip takes its time.
    for (const { host, port } of nodes.slice(0, index))
      await node.command('CLUSTER', 'MEET', host, port, port + busPortOffset);
  }
}
