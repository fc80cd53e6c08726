import type { IoredisClient } from './RedisClient.js';
import { emitterOf, type ClientEvents, type ConnectionState, type RedisDriver } from './RedisDriver.js';

/** ioredis and iovalkey; a cluster has the same methods as a single client. */
export function ioredisDriver(client: IoredisClient): RedisDriver {
  const isCluster = 'isCluster' in client && client.isCluster === true;
  return {
    isCluster,
    // Routed by the keys that it finds in the command.
    send: async (_key, _isReadOnly, [command = '', ...args]) => await client.call(command, ...args),
    state: () => stateOf(client.status),
    // As its first command would; whoever waits for it has a time limit.
    connect: () =>
      void connectOf(client)
        ?.call(client)
        .catch(() => undefined),
    events: eventsOf(client, isCluster),
  };
}

function connectOf(client: object): (() => Promise<unknown>) | undefined {
  const { connect } = client as { readonly connect?: unknown };
  return typeof connect === 'function' ? (connect as () => Promise<unknown>) : undefined;
}

function stateOf(status: string): ConnectionState {
  switch (status) {
    case 'ready':
      return 'ready';
    case 'wait':
      return 'idle';
    case 'end':
    case 'disconnecting':
      return 'closed';
    default:
      return 'connecting';
  }
}

function eventsOf(client: IoredisClient, isCluster: boolean): ClientEvents | undefined {
  const emitter = emitterOf(client);
  if (emitter === undefined) return undefined;
  const single = { ready: 'ready', close: 'lost', end: 'lost' } as const;
  const nodes = {
    '+node': (node: unknown) => (isReplica(node) ? 'neither' : 'ready'),
    '-node': (node: unknown) => (isReplica(node) ? 'neither' : 'lost'),
  } as const;
  // ioredis prints an error that nobody listens to; it does not throw it.
  return { emitter, meanings: isCluster ? { ...single, ...nodes } : single, diesOfErrors: false };
}

function isReplica(node: unknown): boolean {
  const { options } = node as { readonly options?: { readonly readOnly?: unknown } };
  return options?.readOnly === true;
}
