import type { RedisClient, SendCommand } from './drivers/RedisClient.js';

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
   * If fewer replicas confirm in time: `'warn'` goes on, with a process warning at most once a minute and a finding of
   * `check()`; `'fail'` rejects, and the credentials may or may not be stored. Default `'warn'`.
   */
  readonly onShortWait?: 'warn' | 'fail' | undefined;
}

interface SendCommandOptions extends CommonOptions {
  /** Instead of `client`, for whatever else can send commands to Redis. */
  readonly sendCommand: SendCommand;
  readonly client?: undefined;
  readonly replicas?: undefined;
  readonly onShortWait?: undefined;
}

export type RedisCacheOptions = ClientOptions | SendCommandOptions;
