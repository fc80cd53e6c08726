import type { NodeRedisClient, NodeRedisCluster, NodeRedisSentinel } from './RedisClient.js';
import {
  emitterOf,
  type ClientEvents,
  type ConnectionState,
  type EventMeaning,
  type RedisDriver,
} from './RedisDriver.js';

export function nodeRedisDriver(client: NodeRedisClient): RedisDriver {
  return {
    isCluster: false,
    send: async (_key, _isReadOnly, args) => await client.sendCommand(args),
    state: () => stateOf(client),
    events: eventsOf(client, {}),
  };
}

export function nodeRedisClusterDriver(client: NodeRedisCluster): RedisDriver {
  const ofPrimaries = (meaning: 'ready' | 'lost') => (node: unknown) =>
    client.masters.some((primary) => isSameNode(primary, node)) ? meaning : 'neither';
  return {
    isCluster: true,
    send: async (key, isReadOnly, args) => await client.sendCommand(key, isReadOnly, [...args]),
    state() {
      const state = stateOf(client);
      // Version 5 says that it is open before it knows any node.
      return state === 'unknown' && client.masters.length === 0 ? 'connecting' : state;
    },
    events: eventsOf(client, {
      connect: 'ready',
      disconnect: 'lost',
      'node-ready': ofPrimaries('ready'),
      'node-disconnect': ofPrimaries('lost'),
      'node-reconnecting': ofPrimaries('lost'),
    }),
  };
}

export function nodeRedisSentinelDriver(client: NodeRedisSentinel): RedisDriver {
  return {
    isCluster: false,
    send: async (_key, isReadOnly, args) => await client.sendCommand(isReadOnly, [...args]),
    // Version 5 does not tell when it becomes ready; both look for the primary until they have it.
    state: () => ('isOpen' in client && client.isOpen === false ? 'closed' : 'unknown'),
    events: eventsOf(client, {
      'topology-change': (change) => (isPrimaryChange(change) ? 'ready' : 'neither'),
      'client-error': 'lost',
    }),
  };
}

function stateOf(client: object): ConnectionState {
  if ('isOpen' in client && client.isOpen === false) return 'closed';
  if (!('isReady' in client) || typeof client.isReady !== 'boolean') return 'unknown';
  return client.isReady ? 'ready' : 'connecting';
}

function eventsOf(client: object, more: Readonly<Record<string, EventMeaning>>): ClientEvents | undefined {
  const emitter = emitterOf(client);
  if (emitter === undefined) return undefined;
  const meanings = { ready: 'ready', reconnecting: 'lost', end: 'lost', ...more } as const;
  return { emitter, meanings, diesOfErrors: true };
}

function isSameNode(one: unknown, other: unknown): boolean {
  const [a, b] = [one, other] as { readonly host?: unknown; readonly port?: unknown }[];
  return a !== undefined && b !== undefined && a.host === b.host && a.port === b.port;
}

function isPrimaryChange(change: unknown): boolean {
  const { type } = change as { readonly type?: unknown };
  return type === 'MASTER_CHANGE';
}
