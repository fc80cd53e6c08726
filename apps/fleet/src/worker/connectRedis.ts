import { Cluster, Redis } from 'ioredis';
import type { RedisTarget } from './WorkerOptions.js';

/** As a service would connect, with the defaults of ioredis where it has some. */
export function connectRedis(target: RedisTarget, connectionName: string): Redis | Cluster {
  const client = clientOf(target, connectionName);
  // What it says is told by the cache, to those whom it concerns.
  client.on('error', () => undefined);
  return client;
}

function clientOf(target: RedisTarget, connectionName: string): Redis | Cluster {
  const retryStrategy = (times: number): number => Math.min(50 * times, 500);
  switch (target.kind) {
    case 'single':
      return new Redis({ ...target.at, connectionName, retryStrategy });
    case 'sentinel':
      return new Redis({
        sentinels: [...target.sentinels],
        name: target.name,
        connectionName,
        retryStrategy,
        sentinelRetryStrategy: retryStrategy,
      });
    case 'cluster':
      return new Cluster([...target.nodes], {
        clusterRetryStrategy: retryStrategy,
        redisOptions: { connectionName },
      });
  }
}

/** When the client could last send commands again; epoch milliseconds, 0 for never. */
export function readyAt(client: Redis | Cluster): () => number {
  let at = client.status === 'ready' ? Date.now() : 0;
  client.on('ready', () => {
    at = Date.now();
  });
  return () => at;
}
