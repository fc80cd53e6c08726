import { described, PassError } from '@pass-dcr/core';
import type {
  GlideLikeClient,
  IoredisClient,
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisSentinel,
} from './RedisClient.js';
import { glideDriver } from './glideDriver.js';
import { ioredisDriver } from './ioredisDriver.js';
import { nodeRedisClusterDriver } from './nodeRedisClusterDriver.js';
import { nodeRedisDriver } from './nodeRedisDriver.js';
import { nodeRedisSentinelDriver } from './nodeRedisSentinelDriver.js';
import { methodOf, type RedisDriver } from './RedisDriver.js';

const known = 'of ioredis, iovalkey, redis or @valkey/valkey-glide';

/**
 * The driver for a client, recognised by its methods: no driver package is imported, and no version is checked.
 * @throws PassError `option_invalid` that says what it is instead
 */
export function driverOf(option: 'client' | 'reader', client: unknown): RedisDriver {
  if (typeof client === 'string') {
    // The string stays out of the message: it may be a URL with a password.
    throw invalid(`${option} must be a client ${known}, received a string: create the client and give that`);
  }
  if (typeof client !== 'object' || client === null) {
    throw invalid(`${option} must be a client ${known}, received ${described(client)}`);
  }
  if (has(client, 'then')) {
    throw invalid(`${option} must be a client ${known}, received a promise: await it first`);
  }
  assertNoKeyPrefix(option, client);
  if (has(client, 'customCommand')) return glideDriver(client as GlideLikeClient);
  // Before sendCommand, which in ioredis takes a Command object.
  if (has(client, 'call') && 'status' in client) return ioredisDriver(client as IoredisClient);
  if (has(client, 'sendCommand')) {
    if ('masters' in client) return nodeRedisClusterDriver(client as NodeRedisCluster);
    if (has(client, 'acquire') && has(client, 'use'))
      return nodeRedisSentinelDriver(client as NodeRedisSentinel);
    if ('isOpen' in client) return nodeRedisDriver(client as NodeRedisClient);
  }
  throw invalid(
    `${option} must be a client ${known}, received an object that is none of them: give sendCommand for another client`,
  );
}

/** A prefix would be part of every name in the store: with another one, or none, every viewer is signed out. */
function assertNoKeyPrefix(option: string, client: object): void {
  if (keyPrefixOf(client) === '') return;
  throw invalid(
    `${option} must be a client without keyPrefix, received one that has it: the names of the records are made by createPass, and its option application keeps services apart`,
  );
}

function keyPrefixOf(client: object): unknown {
  const { options, _keyPrefix: ofNodeRedis6 } = client as {
    readonly options?: { readonly keyPrefix?: unknown } | null;
    readonly _keyPrefix?: unknown;
  };
  return ofNodeRedis6 ?? options?.keyPrefix ?? '';
}

function has(client: object, method: string): boolean {
  return methodOf(client, method) !== undefined;
}

function invalid(message: string): PassError {
  return new PassError('option_invalid', `redisCache: ${message}`);
}
