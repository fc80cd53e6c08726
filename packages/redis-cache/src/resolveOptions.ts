import { PassError } from '@pass-dcr/core';
import { driverOf } from './drivers/driverOf.js';
import { functionDriver } from './drivers/functionDriver.js';
import type { RedisDriver } from './drivers/RedisDriver.js';
import type { RedisCacheOptions } from './RedisCacheOptions.js';
import type { SendCommand } from './drivers/RedisClient.js';

export interface ResolvedOptions {
  readonly driver: RedisDriver;
  readonly reader: RedisDriver | undefined;
  readonly readTimeoutMs: number;
  readonly swapTimeoutMs: number;
  readonly replicas: number;
  readonly onShortWait: 'warn' | 'fail';
}

/** @throws PassError `option_invalid` */
export function resolveOptions(options: RedisCacheOptions): ResolvedOptions {
  // What JavaScript passes need not be what the types say.
  const given: unknown = options;
  if (typeof given !== 'object' || given === null) {
    throw invalid(`the options must be an object with client or sendCommand, received ${typeNameOf(given)}`);
  }
  const { reader } = options;
  const driver = primaryOf(options);
  const replicas = replicasOf(options.replicas);
  if (replicas > 0 && driver.openConnection === undefined) {
    throw invalid(
      `replicas needs a connection of its own, which a Cluster, glide, a pool, a Sentinel of redis 5 and sendCommand do not give, received ${replicas} with one of them: leave it out, and set min-replicas-to-write on the servers`,
    );
  }
  return Object.freeze({
    driver,
    replicas,
    onShortWait: onShortWaitOf(options.onShortWait),
    reader: reader === undefined ? undefined : driverOf('reader', reader),
    readTimeoutMs: milliseconds('readTimeoutMs', options.readTimeoutMs, 250),
    swapTimeoutMs: milliseconds('swapTimeoutMs', options.swapTimeoutMs, 1000),
  });
}

function primaryOf({ client, sendCommand }: RedisCacheOptions): RedisDriver {
  if (client !== undefined && sendCommand !== undefined) {
    throw invalid('client and sendCommand exclude each other, received both: give one of them');
  }
  if (sendCommand === undefined) return driverOf('client', client);
  const given: unknown = sendCommand;
  if (typeof given !== 'function') {
    throw invalid(`sendCommand must be a function, received ${typeNameOf(given)}`);
  }
  return functionDriver(given as SendCommand);
}

/** A day is more than any caller waits; a timer of more than 24.8 days would fire at once. */
const maxMs = 86_400_000;

function milliseconds(option: string, value: unknown, byDefault: number): number {
  if (value === undefined) return byDefault;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= maxMs) return value;
  throw invalid(
    `${option} must be a whole number of milliseconds from 1 to ${maxMs}, received ${typeof value === 'number' ? value : typeNameOf(value)}`,
  );
}

function replicasOf(value: unknown): number {
  if (value === undefined) return 0;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 10) return value;
  throw invalid(
    `replicas must be a whole number from 0 to 10, received ${typeof value === 'number' ? value : typeNameOf(value)}`,
  );
}

function onShortWaitOf(value: unknown): 'warn' | 'fail' {
  if (value === undefined) return 'warn';
  if (value === 'warn' || value === 'fail') return value;
  throw invalid(
    `onShortWait must be 'warn' or 'fail', received ${typeof value === 'string' ? JSON.stringify(value) : typeNameOf(value)}`,
  );
}

function typeNameOf(value: unknown): string {
  return value === null ? 'null' : typeof value;
}

function invalid(message: string): PassError {
  return new PassError('option_invalid', `redisCache: ${message}`);
}
