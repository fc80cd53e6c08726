import { RedisFailure } from '../RedisFailure.js';
import type { GlideLikeClient } from './RedisClient.js';
import type { NodeSend, RedisDriver } from './RedisDriver.js';

/** Shows nothing of its connections, and connects again by itself. */
export function glideDriver(client: GlideLikeClient): RedisDriver {
  const isCluster = 'fcallWithRoute' in client;
  return {
    isCluster,
    followsRedirections: isCluster,
    // Its core knows where the keys of a command are.
    send: async (_key, _isReadOnly, args) => await client.customCommand([...args]),
    primaries: async () =>
      isCluster ? await clusterPrimaries(client) : [async (args) => await client.customCommand([...args])],
    speaksTls: false,
    knowsAllPrimaries: true,
    state: () => 'unknown',
  };
}

type Routed = (args: string[], options: { readonly route: unknown }) => Promise<unknown>;

/** Its replies from many nodes are by address, which is how each is asked alone. */
async function clusterPrimaries(client: GlideLikeClient): Promise<readonly NodeSend[]> {
  const send: Routed = client.customCommand.bind(client);
  // PING would do, but of replies that are all alike it makes one.
  const replies = await send(['INFO', 'server'], { route: 'allPrimaries' });
  return addressesIn(replies).map((address): NodeSend => {
    const [, host = '', port = ''] = /^(.*):([0-9]+)$/.exec(address) ?? [];
    const route = { type: 'routeByAddress', host, port: Number(port) };
    return async (args) => await send([...args], { route });
  });
}

function addressesIn(replies: unknown): readonly string[] {
  if (Array.isArray(replies)) {
    return replies.map((reply) => String((reply as { readonly key?: unknown }).key));
  }
  if (typeof replies === 'object' && replies !== null) return Object.keys(replies);
  throw new RedisFailure('unusable', 'the primaries of the cluster are not named in a reply');
}
