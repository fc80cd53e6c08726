import type { RedisClient, SendCommand } from './drivers/RedisClient.js';

/**
 * `synchronous`: a write is in a durable log before it is acknowledged, as with Amazon MemoryDB. `asynchronous`: it is
 * acknowledged first, and the last seconds can be lost.
 */
export type DeclaredDurability = 'synchronous' | 'asynchronous';

/** The policies under which Redis never deletes what has no expiry. */
export type SafePolicy = 'noeviction' | 'volatile-lru' | 'volatile-lfu' | 'volatile-random' | 'volatile-ttl';

interface CommonOptions {
  /**
   * A client whose reads a replica may answer, for reads that need not be strong. It gets half of their time; if it
   * fails, `client` is asked within the rest.
   */
  readonly reader?: RedisClient | undefined;
  /** A read settles within this time, or the caller's if that is shorter. Default 250. */
  readonly readTimeoutMs?: number | undefined;
  /** A write settles within this time, or the caller's if that is shorter. Default 1 000. */
  readonly swapTimeoutMs?: number | undefined;
  /**
   * What a service says of its durability, where it has a log of its own that INFO does not show. Default: what INFO shows
   * of the append-only file.
   */
  readonly durability?: DeclaredDurability | undefined;
  /** The policy that you have looked up where INFO does not show it. What INFO shows counts more. */
  readonly maxmemoryPolicy?: SafePolicy | undefined;
}

interface ClientOptions extends CommonOptions {
  /** Never configured and never closed by the cache. */
  readonly client: RedisClient;
  readonly sendCommand?: undefined;
  /**
   * So many replicas have to confirm what never expires, which is credentials, before it counts as stored; 0 to 10.
   * They have a quarter of `swapTimeoutMs` for it. Opens a connection of its own by `client.duplicate()`, because Redis
   * counts by connection and lets it wait; not possible with a Cluster or with glide. Default 0.
   */
  readonly replicas?: number | undefined;
  /**
   * `true`: what never expires has to be on the disk of the primary too, in its append-only file, before it counts as
   * stored, and on that of each of the `replicas` (`WAITAOF`: Redis 7.2 or Valkey, with `appendonly yes`). Then a write is
   * told as `durable`. They have 45 % of `swapTimeoutMs` for it: enough with `appendfsync always`; with `everysec` it takes
   * a second and more, so raise that to 4 000. Valkey from 8 on and Redis 7.4 need `always`, which the user of the cache must
   * be allowed to see (`+config|get`): with `everysec` they confirm before they have flushed, and are not believed.
   * https://github.com/redis/redis/pull/13793. Default false.
   */
  readonly disk?: boolean | undefined;
  /**
   * If it is not confirmed in time: `'warn'` goes on, with a process warning at most once a minute and a finding of
   * `check()`. `'fail'` rejects. The record then stands in Redis with a mark, and no process that uses this cache is given
   * it before it has been confirmed; give all processes the same `replicas` and `onShortWait`. Costs one round trip more.
   * Default `'warn'`.
   */
  readonly onShortWait?: 'warn' | 'fail' | undefined;
}

interface SendCommandOptions extends CommonOptions {
  /** Instead of `client`, for whatever else can send commands to Redis. */
  readonly sendCommand: SendCommand;
  readonly client?: undefined;
  readonly replicas?: undefined;
  readonly disk?: undefined;
  readonly onShortWait?: undefined;
}

export type RedisCacheOptions = ClientOptions | SendCommandOptions;
