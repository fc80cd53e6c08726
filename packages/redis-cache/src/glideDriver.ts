import type { GlideLikeClient } from './RedisClient.js';
import type { RedisDriver } from './RedisDriver.js';

/** Shows nothing of its connections, and connects again by itself. */
export function glideDriver(client: GlideLikeClient): RedisDriver {
  return {
    isCluster: 'fcallWithRoute' in client,
    // Its core knows where the keys of a command are.
    send: async (_key, _isReadOnly, args) => await client.customCommand([...args]),
    state: () => 'unknown',
  };
}
