import { check, checkOptions, PassError } from '@pass-dcr/core';
import { driverOf } from './drivers/driverOf.js';
import { functionDriver } from './drivers/functionDriver.js';
import type { RedisDriver } from './drivers/RedisDriver.js';
import type { DeclaredDurability, RedisCacheOptions, SafePolicy } from './RedisCacheOptions.js';
import type { SendCommand } from './drivers/RedisClient.js';

export interface ResolvedOptions {
  readonly driver: RedisDriver;
  readonly reader: RedisDriver | undefined;
  readonly readTimeoutMs: number;
  readonly swapTimeoutMs: number;
  readonly replicas: number;
  readonly disk: boolean;
  readonly onShortWait: 'warn' | 'fail';
  readonly durability: DeclaredDurability | undefined;
  readonly maxmemoryPolicy: SafePolicy | undefined;
}

/** A day is more than any caller waits; a timer of more than 24.8 days would fire at once. */
const milliseconds = check.wholeNumber(1, 86_400_000, 'milliseconds');

const checks = {
  client: check.anything,
  sendCommand: check.optional(check.that('must be a function', isSendCommand)),
  reader: check.anything,
  readTimeoutMs: check.optional(milliseconds, 250),
  swapTimeoutMs: check.optional(milliseconds, 1000),
  replicas: check.optional(check.wholeNumber(0, 10), 0),
  disk: check.optional(check.boolean, false),
  onShortWait: check.optional(check.oneOf('warn', 'fail'), 'warn'),
  durability: check.optional(check.oneOf('synchronous', 'asynchronous')),
  maxmemoryPolicy: check.optional(
    check.oneOf('noeviction', 'volatile-lru', 'volatile-lfu', 'volatile-random', 'volatile-ttl'),
  ),
} satisfies Readonly<Record<keyof RedisCacheOptions, unknown>>;

/** @throws PassError `option_invalid` */
export function resolveOptions(options: RedisCacheOptions): ResolvedOptions {
  const { client, sendCommand, reader, ...others } = checkOptions(options, checks, {
    whole: 'redisCache: the options',
    shape: 'an object with client or sendCommand',
    prefix: 'redisCache: ',
  });
  const driver = primaryOf(client, sendCommand);
  if (driver.openConnection === undefined && (others.replicas > 0 || others.disk)) {
    const [option, value] = others.replicas > 0 ? ['replicas', others.replicas] : ['disk', others.disk];
    throw invalid(
      `${option} needs a connection of its own, which a Cluster, glide, a pool, a Sentinel of redis 5 and sendCommand do not give, received ${value} with one of them: leave it out, and set min-replicas-to-write on the servers`,
    );
  }
  return Object.freeze({
    ...others,
    driver,
    reader: reader === undefined ? undefined : driverOf('reader', reader),
  });
}

function primaryOf(client: unknown, sendCommand: SendCommand | undefined): RedisDriver {
  if (sendCommand === undefined) return driverOf('client', client);
  if (client === undefined) return functionDriver(sendCommand);
  throw invalid('client and sendCommand exclude each other, received both: give one of them');
}

function isSendCommand(value: unknown): value is SendCommand {
  return typeof value === 'function';
}

function invalid(message: string): PassError {
  return new PassError('option_invalid', `redisCache: ${message}`);
}
