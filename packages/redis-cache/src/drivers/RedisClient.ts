/** `new Redis()` or `new Cluster()` of ioredis 5 or 6, or of iovalkey. */
export interface IoredisClient {
  call(command: string, ...args: string[]): Promise<unknown>;
  readonly status: string;
}

/** `createClient()`, `createClientPool()` of the package redis 5 or 6. */
export interface NodeRedisClient {
  sendCommand(args: string[]): Promise<unknown>;
  readonly isOpen: boolean;
}

/** `createCluster()` of the package redis 5 or 6. */
export interface NodeRedisCluster {
  sendCommand(
    firstKey: string | undefined,
    isReadonly: boolean | undefined,
    args: string[],
  ): Promise<unknown>;
  readonly masters: readonly unknown[];
}

/** `createSentinel()` of the package redis 5 or 6. */
export interface NodeRedisSentinel {
  sendCommand(isReadonly: boolean | undefined, args: string[]): Promise<unknown>;
  acquire(): Promise<unknown>;
}

/** `GlideClient` or `GlideClusterClient` of @valkey/valkey-glide 2. */
export interface GlideLikeClient {
  customCommand(args: string[]): Promise<unknown>;
}

/**
 * A connected client of ioredis, iovalkey, redis (node-redis) or @valkey/valkey-glide: single, Sentinel or Cluster.
 * Described by what is used of it, so that no version of a driver is required.
 */
export type RedisClient =
  IoredisClient | NodeRedisClient | NodeRedisCluster | NodeRedisSentinel | GlideLikeClient;

/**
 * Sends one command and resolves with its reply, or rejects with the server's error, whose message begins with its code
 * (`NOSCRIPT …`). `key` says where a cluster has to send it; `undefined`: to any primary. What is not `isReadOnly` must go
 * to a primary.
 */
export type SendCommand = (
  key: string | undefined,
  isReadOnly: boolean,
  args: readonly string[],
) => Promise<unknown>;
