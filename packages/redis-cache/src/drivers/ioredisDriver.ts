import { errorMonitor } from 'node:events';
import type { IoredisClient } from './RedisClient.js';
import {
  emitterOf,
  methodOf,
  type ClientEvents,
  type ConnectionState,
  type NodeSend,
  type OwnConnection,
  type RedisDriver,
} from './RedisDriver.js';

/** ioredis and iovalkey; a cluster has the same methods as a single client. */
export function ioredisDriver(client: IoredisClient): RedisDriver {
  const isCluster = 'isCluster' in client && client.isCluster === true;
  const duplicate = methodOf(client, 'duplicate');
  return {
    isCluster,
    followsRedirections: isCluster,
    // Routed by the keys that it finds in the command.
    send: async (_key, _isReadOnly, args) => await sendBy(client)(args),
    async primaries() {
      const nodes = isCluster ? methodOf(client, 'nodes')?.('master') : [client];
      return (nodes as readonly IoredisClient[]).map(sendBy);
    },
    knowsAllPrimaries: true,
    speaksTls: optionsOf(client).tls !== undefined,
    state: () => stateOf(client.status),
    // As its first command would; whoever waits for it has a time limit.
    connect: () => void Promise.resolve(methodOf(client, 'connect')?.()).catch(() => undefined),
    events: eventsOf(client),
    openConnection:
      isCluster || duplicate === undefined ? undefined : async () => await openConnection(duplicate),
    reconnect: isCluster || !retries(client) ? undefined : async () => reconnect(client),
  };
}

/** Without a strategy it would not come back. */
function retries(client: object): boolean {
  return typeof optionsOf(client).retryStrategy === 'function';
}

function optionsOf(client: object): { readonly retryStrategy?: unknown; readonly tls?: unknown } {
  const { options } = client as { readonly options?: object };
  return options ?? {};
}

/** As its own `reconnectOnError` does it. */
function reconnect(client: IoredisClient): void {
  if (client.status === 'ready') methodOf(client, 'disconnect')?.(true);
}

function sendBy(client: IoredisClient): NodeSend {
  return async ([command = '', ...args]) => await client.call(command, ...args);
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

function eventsOf(client: IoredisClient): ClientEvents | undefined {
  const emitter = emitterOf(client);
  if (emitter === undefined) return undefined;
  // A Cluster's +node and -node are left out: while a node is dead they come ten times a second, for each attempt.
  // ioredis prints an error that nobody listens to; it does not throw it.
  const meanings = { ready: 'ready', close: 'lost', end: 'lost' } as const;
  return { emitter, meanings, diesOfErrors: false, errors: [errorMonitor, 'node error'] };
}

interface Duplicate extends IoredisClient {
  on(event: 'error', listener: () => void): unknown;
  connect(): Promise<unknown>;
  disconnect(): void;
}

async function openConnection(duplicate: (...args: unknown[]) => unknown): Promise<OwnConnection> {
  const own = duplicate({
    lazyConnect: true,
    enableOfflineQueue: false,
    enableAutoPipelining: false,
    // Nothing is sent again over another connection, and what was under way when it ended is rejected.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  }) as Duplicate;
  // What goes wrong rejects the commands; ioredis would print it too.
  own.on('error', () => undefined);
  const close = (): void => own.disconnect();
  try {
    await own.connect();
  } catch (error) {
    close();
    throw error;
  }
  return {
    sendTogether: async (commands) => await Promise.allSettled(commands.map(sendBy(own))),
    isOpen: () => own.status === 'ready',
    close,
  };
}
