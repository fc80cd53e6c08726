import { errorMonitor } from 'node:events';
import type { NodeRedisClient } from './RedisClient.js';
import {
  emitterOf,
  methodOf,
  type ClientEvents,
  type ConnectionState,
  type EventMeaning,
  type OwnConnection,
  type RedisDriver,
} from './RedisDriver.js';

export function nodeRedisDriver(client: NodeRedisClient): RedisDriver {
  const duplicate = methodOf(client, 'duplicate');
  let current = client;
  let endCurrent = (): void => undefined;
  const send = async (args: readonly string[]): Promise<unknown> => await current.sendCommand([...args]);
  return {
    isCluster: false,
    followsRedirections: false,
    send: async (_key, _isReadOnly, args) => await send(args),
    primaries: async () => [send],
    knowsAllPrimaries: true,
    speaksTls: socketOf(client).tls === true,
    state: () => nodeRedisState(current),
    get events() {
      return nodeRedisEvents(current, {});
    },
    openConnection: duplicate === undefined ? undefined : async () => await openConnection(client, duplicate),
    // It has no way to be made to connect again but to be closed, and it is not ours to close.
    reconnect:
      duplicate === undefined
        ? undefined
        : async () => {
            const own = duplicate() as NodeRedisClient & NodeRedisDuplicate;
            const end = await connectDuplicate(own);
            endCurrent();
            [current, endCurrent] = [own, end];
          },
    close: () => endCurrent(),
  };
}

export function nodeRedisState(client: object): ConnectionState {
  if ('isOpen' in client && client.isOpen === false) return 'closed';
  if (!('isReady' in client) || typeof client.isReady !== 'boolean') return 'unknown';
  return client.isReady ? 'ready' : 'connecting';
}

export function nodeRedisEvents(
  client: object,
  more: Readonly<Record<string, EventMeaning>>,
): ClientEvents | undefined {
  const emitter = emitterOf(client);
  if (emitter === undefined) return undefined;
  const meanings = { ready: 'ready', reconnecting: 'lost', end: 'lost', ...more } as const;
  return { emitter, meanings, diesOfErrors: true, errors: [errorMonitor, 'node-error', 'client-error'] };
}

function socketOf(client: object): { readonly tls?: unknown } {
  const { options } = client as { readonly options?: { readonly socket?: object } };
  return options?.socket ?? {};
}

export interface NodeRedisDuplicate {
  on(event: 'error', listener: () => void): unknown;
  connect(): Promise<unknown>;
  destroy(): unknown;
}

async function openConnection(
  client: object,
  duplicate: (...args: unknown[]) => unknown,
): Promise<OwnConnection> {
  const own = duplicate({
    disableOfflineQueue: true,
    socket: { ...socketOf(client), reconnectStrategy: false },
  }) as NodeRedisClient & NodeRedisDuplicate;
  const close = await connectDuplicate(own);
  return {
    sendTogether: async (commands) =>
      await Promise.allSettled(commands.map(async (args) => await own.sendCommand([...args]))),
    isOpen: () => nodeRedisState(own) === 'ready',
    close,
  };
}

/** Connects a client of ours, and returns what ends it. */
export async function connectDuplicate(own: NodeRedisDuplicate): Promise<() => void> {
  // Else the process would end with its first error; what goes wrong rejects the commands.
  own.on('error', () => undefined);
  const close = (): void => void Promise.resolve(own.destroy()).catch(() => undefined);
  try {
    await own.connect();
  } catch (error) {
    close();
    throw error;
  }
  return close;
}
