import { connectDuplicate, nodeRedisEvents, type NodeRedisDuplicate } from './nodeRedisDriver.js';
import type { NodeRedisSentinel } from './RedisClient.js';
import { methodOf, type OwnConnection, type RedisDriver } from './RedisDriver.js';

export function nodeRedisSentinelDriver(client: NodeRedisSentinel): RedisDriver {
  const duplicate = methodOf(client, 'duplicate');
  return {
    isCluster: false,
    followsRedirections: false,
    send: async (_key, isReadOnly, args) => await client.sendCommand(isReadOnly, [...args]),
    primaries: async () => [async (args) => await client.sendCommand(false, [...args])],
    speaksTls: false,
    knowsAllPrimaries: true,
    // Version 5 does not tell when it becomes ready; both look for the primary until they have it.
    state: () => ('isOpen' in client && client.isOpen === false ? 'closed' : 'unknown'),
    events: nodeRedisEvents(client, {
      'topology-change': (change) => (isPrimaryChange(change) ? 'ready' : 'neither'),
      'client-error': 'lost',
    }),
    openConnection: duplicate === undefined ? undefined : async () => await openConnection(duplicate),
  };
}

function isPrimaryChange(change: unknown): boolean {
  const { type } = change as { readonly type?: unknown };
  return type === 'MASTER_CHANGE';
}

interface Pipeline {
  addCommand(isReadonly: boolean, args: string[]): unknown;
  execAsPipeline(): Promise<readonly unknown[]>;
}

async function openConnection(duplicate: (...args: unknown[]) => unknown): Promise<OwnConnection> {
  const own = duplicate({ masterPoolSize: 1 }) as NodeRedisDuplicate & { multi(): Pipeline };
  const close = await connectDuplicate(own);
  return {
    // It sends a command again over another connection, and so a pipeline: then the whole of it.
    async sendTogether(commands) {
      const pipeline = own.multi();
      for (const command of commands) pipeline.addCommand(false, [...command]);
      const replies = await pipeline.execAsPipeline();
      return replies.map((value) => ({ status: 'fulfilled', value }));
    },
    // It finds the primary again by itself.
    isOpen: () => true,
    close,
  };
}
