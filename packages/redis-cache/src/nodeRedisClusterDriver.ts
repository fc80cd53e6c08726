import { nodeRedisEvents, nodeRedisState } from './nodeRedisDriver.js';
import type { NodeRedisClient, NodeRedisCluster } from './RedisClient.js';
import { methodOf, type NodeSend, type RedisDriver } from './RedisDriver.js';

export function nodeRedisClusterDriver(client: NodeRedisCluster): RedisDriver {
  const ofPrimaries = (meaning: 'ready' | 'lost') => (node: unknown) =>
    client.masters.some((primary) => isSameNode(primary, node)) ? meaning : 'neither';
  return {
    isCluster: true,
    send: async (key, isReadOnly, args) => await client.sendCommand(key, isReadOnly, [...args]),
    async primaries() {
      const clientOf = methodOf(client, 'nodeClient');
      return client.masters.map((primary): NodeSend => async (args) => {
        const node = (await clientOf?.(primary)) as NodeRedisClient;
        return await node.sendCommand(args);
      });
    },
    knowsAllPrimaries: true,
    state() {
      const state = nodeRedisState(client);
      // Version 5 says that it is open before it knows any node.
      return state === 'unknown' && client.masters.length === 0 ? 'connecting' : state;
    },
    events: nodeRedisEvents(client, {
      connect: 'ready',
      disconnect: 'lost',
      'node-ready': ofPrimaries('ready'),
      'node-disconnect': ofPrimaries('lost'),
      'node-reconnecting': ofPrimaries('lost'),
    }),
  };
}

function isSameNode(one: unknown, other: unknown): boolean {
  const [a, b] = [one, other] as { readonly host?: unknown; readonly port?: unknown }[];
  return a !== undefined && b !== undefined && a.host === b.host && a.port === b.port;
}
