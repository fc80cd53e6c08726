import { isPassError } from '@pass-dcr/core';
import { redisCache } from '@pass-dcr/redis-cache';
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis5';
import { Cluster as Cluster6, Redis as Redis6 } from 'ioredis6';
import { Redis as Valkey } from 'iovalkey';
import { createSentinel as createSentinel5 } from 'redis5';
import { createClient, createCluster } from 'redis6';
import { describe, expect, it } from 'vitest';

const sendCommand = async (): Promise<null> => null;
const url = 'redis://user:hunter2@redis.internal:6379';

/** What the cache says to options that are none. */
function complaint(options: unknown): string {
  try {
    redisCache(options as never);
  } catch (error) {
    if (isPassError(error) && error.code === 'option_invalid') return error.message;
    throw error;
  }
  throw new Error('the options were accepted');
}

describe('redisCache says what is wrong with', () => {
  it.each<[string, unknown, RegExp]>([
    ['no options', undefined, /the options must be an object with client or sendCommand, received undefined/],
    ['no client', {}, /client must be a client of .*, received undefined/],
    ['null', { client: null }, /client must be .*, received null/],
    ['a URL', { client: url }, /received a string: create the client and give that/],
    ['a client that is not there yet', { client: Promise.resolve({}) }, /received a promise: await it first/],
    ['an object that is no client', { client: { get: sendCommand } }, /none of them: give sendCommand/],
    ['an object with a sendCommand of another kind', { client: { sendCommand } }, /none of them/],
    ['a function as client', { client: sendCommand }, /received a function/],
    ['both', { client: { customCommand: sendCommand }, sendCommand }, /exclude each other, received both/],
    [
      'a sendCommand that is none',
      { sendCommand: url },
      /sendCommand must be a function, received a string of/,
    ],
    [
      'an unknown option',
      { sendCommand, readTimeout: 5 },
      /readTimeout is not an option; did you mean readTimeoutMs\?/,
    ],
    [
      'an option of another cache',
      { sendCommand, path: '/tmp' },
      /path is not an option; there are client, sendCommand, reader/,
    ],
    ['a reader that is none', { sendCommand, reader: url }, /reader must be a client .*, received a string/],
    ['no time to read', { sendCommand, readTimeoutMs: 0 }, /readTimeoutMs .* from 1 .*, received 0/],
    ['endless time to read', { sendCommand, readTimeoutMs: Infinity }, /readTimeoutMs .*, received Infinity/],
    [
      'no number to write',
      { sendCommand, swapTimeoutMs: '1s' },
      /swapTimeoutMs .*, received a string of 2 characters/,
    ],
    ['half a millisecond', { sendCommand, swapTimeoutMs: 0.5 }, /swapTimeoutMs .*, received 0.5/],
    [
      'weeks to write',
      { sendCommand, swapTimeoutMs: 2 ** 31 },
      /swapTimeoutMs .* to 86400000, received 2147483648/,
    ],
    ['fewer than no replicas', { sendCommand, replicas: -1 }, /replicas must be .* 0 to 10, received -1/],
    [
      'another word for a short wait',
      { sendCommand, onShortWait: 'throw' },
      /'warn' or 'fail', received "throw"/,
    ],
    [
      'a secret in its place',
      { sendCommand, onShortWait: 'hunter2-hunter2' },
      /received a string of 15 characters/,
    ],
    [
      'replicas with sendCommand',
      { sendCommand, replicas: 1 },
      /connection of its own, .* received 1 .*min-replicas-to-write/,
    ],
    ['replicas with glide', { client: { customCommand: sendCommand }, replicas: 1 }, /connection of its own/],
    [
      'replicas with a Cluster of node-redis',
      { client: createCluster({ rootNodes: [] }), replicas: 1 },
      /connection of its own/,
    ],
  ])('%s', (_name, options, message) => {
    expect(complaint(options)).toMatch(message);
    expect(complaint(options)).toMatch(/^redisCache: /);
    expect(complaint(options)).not.toContain('hunter2');
  });

  const prefixed = { keyPrefix: 'tv:', lazyConnect: true } as const;
  it.each([
    ['ioredis 5', () => new Redis5(prefixed)],
    ['ioredis 6', () => new Redis6(prefixed)],
    ['iovalkey', () => new Valkey(prefixed)],
    [
      'a Cluster of ioredis 5',
      () => new Cluster5([], { redisOptions: { keyPrefix: 'tv:' }, lazyConnect: true }),
    ],
    ['a Cluster of ioredis 6', () => new Cluster6([], { keyPrefix: 'tv:', lazyConnect: true })],
    ['node-redis 6', () => createClient({ keyPrefix: 'tv:' })],
    ['a Cluster of node-redis 6', () => createCluster({ rootNodes: [], keyPrefix: 'tv:' })],
  ])('a key prefix of %s', (_name, create) => {
    expect(complaint({ client: create() })).toMatch(/without keyPrefix, received one that has it/);
  });

  it('replicas with a Cluster of ioredis', () => {
    const client = new Cluster6([], { lazyConnect: true });
    expect(complaint({ client, replicas: 1 })).toMatch(/connection of its own/);
  });
});

describe('redisCache takes', () => {
  // The only client whose duplicate is missing though it could have one.
  it('a Sentinel of node-redis 5, but no replicas with it', () => {
    const client = createSentinel5({ name: 'main', sentinelRootNodes: [{ host: '127.0.0.1', port: 1 }] });
    expect(redisCache({ client }).scope).toBe('shared');
    expect(complaint({ client, replicas: 1 })).toMatch(/connection of its own/);
  });

  it('an empty key prefix for none', () => {
    expect(redisCache({ client: new Redis6({ keyPrefix: '', lazyConnect: true }) }).scope).toBe('shared');
  });

  it('a client that is not connected yet', () => {
    expect(redisCache({ client: createClient() }).scope).toBe('shared');
  });
});
