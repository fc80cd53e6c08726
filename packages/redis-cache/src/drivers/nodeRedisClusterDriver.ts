import { setTimeout } from 'node:timers/promises';
import { nodeRedisEvents, nodeRedisState } from './nodeRedisDriver.js';
import type { NodeRedisClient, NodeRedisCluster } from './RedisClient.js';
import { methodOf, type NodeSend, type RedisDriver } from './RedisDriver.js';
import { slotOf } from '../slotOf.js';

export function nodeRedisClusterDriver(client: NodeRedisCluster): RedisDriver {
  const ofPrimaries = (meaning: 'ready' | 'lost') => (node: unknown) =>
    client.masters.some((primary) => isSameNode(primary, node)) ? meaning : 'neither';
  const lookForPrimary = primaryFinder(client);
  return {
    isCluster: true,
    followsRedirections: true,
    async send(key, isReadOnly, args) {
      if (key !== undefined) lookForPrimary(key);
      return await client.sendCommand(key, isReadOnly, [...args]);
    },
    async primaries() {
      const clientOf = methodOf(client, 'nodeClient');
      return client.masters.map((primary): NodeSend => async (args) => {
        const node = (await clientOf?.(primary)) as NodeRedisClient;
        return await node.sendCommand([...args]);
      });
    },
    speaksTls: false,
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

const lookMs = 1000;

/**
 * Version 5 learns of another primary only by being redirected, which a dead one does not do: without this it asks the
 * dead one for ever (https://github.com/redis/node-redis/issues/2806). Any other node redirects a command for that key.
 */
function primaryFinder(client: NodeRedisCluster): (key: string) => void {
  let isLooking = false;
  return (key) => {
    const { slots } = client as { readonly slots?: readonly (Slot | undefined)[] };
    if (isLooking || 'isReady' in client || slots?.[slotOf(key)]?.master?.client?.isReady !== false) return;
    isLooking = true;
    const look = client.sendCommand(undefined, false, ['GET', key]).catch(() => undefined);
    void Promise.race([look, setTimeout(lookMs, undefined, { ref: false })]).then(() => (isLooking = false));
  };
}

interface Slot {
  readonly master?: { readonly client?: { readonly isReady?: unknown } };
}

function isSameNode(one: unknown, other: unknown): boolean {
  const [a, b] = [one, other] as { readonly host?: unknown; readonly port?: unknown }[];
  return a !== undefined && b !== undefined && a.host === b.host && a.port === b.port;
}
