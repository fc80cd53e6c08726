import type { RedisClient, SendCommand } from './RedisClient.js';

interface CommonOptions {
  /**
   * A client whose commands may be answered by replicas, for reads that need not be strong. If it fails, `client` is
   * asked within the time that is left.
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
}

interface SendCommandOptions extends CommonOptions {
  /** Instead of `client`, for whatever else can send commands to Redis. */
  readonly sendCommand: SendCommand;
  readonly client?: undefined;
}

export type RedisCacheOptions = ClientOptions | SendCommandOptions;
