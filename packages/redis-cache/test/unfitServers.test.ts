import { isPassError, type Pass, type PassCache } from '@pass-dcr/core';
import { createPassWith, timingForTests } from '@pass-dcr/core/testing';
import { redisCache } from '@pass-dcr/redis-cache';
import { needsRedis, startRedis, type RedisServer } from '@pass-dcr/redis-kit';
import { createSimulator, type Simulator } from '@pass-dcr/simulator';
import { Redis } from 'ioredis6';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from './support/eventually.js';
import { clientNames, singleClients, type ClientName } from './support/singleClients.js';
import type { Address } from './support/TestClient.js';

const secret = 'a secret of more than thirty-two characters';
const otherSecret = 'another one of more than thirty-two characters';
const known = { identifier: 'a device that is known', address: '203.0.113.1' };
const fresh = { identifier: 'a device that is new', address: '203.0.113.2' };

/** Whatever stands in the way of a record, it is not taken for absent: nobody is registered again, nothing overwritten. */
needsRedis(describe)('with a known device in Redis', () => {
  let server: RedisServer;
  let simulator: Simulator;
  let credentials: ReadonlyMap<string, unknown>;

  beforeEach(async () => {
    [server, simulator] = await Promise.all([startRedis(), createSimulator()]);
    await using pass = passOn(await cacheBy('ioredis 6', server), [secret]);
    await pass.authenticate(known);
    credentials = await lastingRecords();
  });

  afterEach(async () => {
    await Promise.all([server.stop(), simulator.close()]);
  });

  /** All that never expires, by its name: the credentials, and the record that guards the key space. */
  async function lastingRecords(): Promise<ReadonlyMap<string, unknown>> {
    const keys = (await server.command('KEYS', 'pass-dcr:*')) as readonly string[];
    const lasting = keys.filter((key) => /:(?:c|meta)$/.test(key)).toSorted();
    return new Map(
      await Promise.all(lasting.map(async (key) => [key, await server.command('GET', key)] as const)),
    );
  }

  async function cacheBy(name: ClientName, address: Address): Promise<PassCache> {
    const { client, end } = await singleClients[name](address);
    onTestFinished(end);
    return redisCache({ client });
  }

  const passOn = (cache: PassCache, secrets: readonly string[]): Pass =>
    createPassWith(
      {
        environment: 'local',
        baseUrl: simulator.url,
        softwareStatement: simulator.issueSoftwareStatement({ application: 'tv' }),
        serviceProvider: 'REF30',
        application: 'tv',
        secret: secrets,
        cache,
      },
      { timing: timingForTests },
    );

  /** What a process that has just started does for a device: the code of its error, or that it is served. */
  async function outcome(
    cache: PassCache,
    device: typeof known,
    secrets: readonly string[] = [secret],
  ): Promise<string> {
    await using pass = passOn(cache, secrets);
    try {
      await pass.authenticate(device);
      return 'served';
    } catch (error) {
      if (isPassError(error)) return error.code;
      throw error;
    }
  }

  async function nothingIsLost(registrations = 1): Promise<void> {
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(registrations);
    const now = await lastingRecords();
    for (const [key, value] of credentials) expect(now.get(key)).toBe(value);
  }

  const endTokens = async (): Promise<void> => {
    for (const key of (await server.command('KEYS', 'pass-dcr:*:t')) as readonly string[])
      await server.command('DEL', key);
  };

  it.each(clientNames)('a user who may not EVALSHA writes nothing through %s', async (name) => {
    await server.command('ACL', 'SETUSER', 'default', '-evalsha');
    const cache = await cacheBy(name, server);
    expect(await outcome(cache, fresh)).toBe('cache_unavailable');
    expect(await outcome(cache, known)).toBe('served');
    await nothingIsLost();
    await server.command('ACL', 'SETUSER', 'default', '+evalsha');
    expect(await outcome(cache, known)).toBe('served');
    await nothingIsLost();
  });

  it.each(clientNames)('a user who may not read serves nobody through %s', async (name) => {
    await server.command('ACL', 'SETUSER', 'default', '-mget', '-get');
    const cache = await cacheBy(name, server);
    expect(await outcome(cache, fresh)).toBe('cache_unavailable');
    expect(await outcome(cache, known)).toBe('cache_unavailable');
    await nothingIsLost();
  });

  it.each(clientNames)('a user who may not INFO is served through %s, with a finding', async (name) => {
    const cache = await cacheBy(name, server);
    // Glide itself needs it to connect.
    await server.command('ACL', 'SETUSER', 'default', '-info');
    expect(await outcome(cache, known)).toBe('served');
    expect(await outcome(cache, fresh)).toBe('served');
    expect((await cache.check?.())?.map(({ level, code }) => `${level} ${code}`)).toEqual([
      'warning redis_cannot_verify',
    ]);
    await nothingIsLost(2);
  });

  // Glide connects to no replica without its primary.
  it.each(clientNames.filter((name) => name !== 'glide'))(
    'a replica as client through %s stores nothing',
    async (name) => {
      const replica = await startRedis({ replicaOf: server });
      onTestFinished(async () => await replica.stop());
      await eventually(
        'the records',
        async () => Number(await replica.command('DBSIZE')) >= credentials.size,
      );
      const cache = await cacheBy(name, replica);
      expect(await outcome(cache, fresh)).toBe('cache_unavailable');
      expect(await outcome(cache, known)).toBe('served');
      await nothingIsLost();
      expect((await cache.check?.())?.map(({ code }) => code)).toContain('redis_is_replica');
    },
  );

  it('a Redis before version 6 is named by an error', async () => {
    const client = new Redis(server.port, server.host);
    onTestFinished(() => client.disconnect());
    const cache = redisCache({
      async sendCommand(_key, _isReadOnly, [command = '', ...args]) {
        const reply = await client.call(command, ...args);
        return command === 'INFO' ? String(reply).replace(/redis_version:.*/, 'redis_version:5.0.14') : reply;
      },
    });
    expect((await cache.check?.())?.find(({ level }) => level === 'error')).toMatchObject({
      code: 'redis_too_old',
      message: 'Redis 5.0.14 is not supported: use Redis 6 or later, or Valkey.',
    });
    expect(await outcome(cache, known)).toBe('served');
    await nothingIsLost();
  });

  it('another secret serves nobody', async () => {
    const cache = await cacheBy('ioredis 6', server);
    expect(await outcome(cache, known, [otherSecret])).toBe('secret_mismatch');
    expect(await outcome(cache, fresh, [otherSecret])).toBe('secret_mismatch');
    await nothingIsLost();
  });

  it('records that an unknown secret has sealed stay closed', async () => {
    const cache = await cacheBy('ioredis 6', server);
    // A newer deployment seals with another secret, of which this one has not been told.
    expect(await outcome(cache, fresh, [otherSecret, secret])).toBe('served');
    credentials = await lastingRecords();
    expect(credentials.size).toBe(4);
    await endTokens();
    expect(await outcome(cache, fresh, [secret])).toBe('cache_record_unreadable');
    await nothingIsLost(2);
    expect(await outcome(cache, fresh, [otherSecret, secret])).toBe('served');
    await nothingIsLost(2);
  });

  it.each([
    ['c', 'cache_record_unreadable'],
    ['meta', 'cache_format_unsupported'],
  ])('records of a newer version stay as they are: %s', async (kind, code) => {
    for (const key of credentials.keys())
      if (key.endsWith(`:${kind}`)) await server.command('SETRANGE', key, 16, 'e3');
    credentials = await lastingRecords();
    await endTokens();
    const cache = await cacheBy('ioredis 6', server);
    expect(await outcome(cache, kind === 'c' ? known : fresh)).toBe(code);
    await nothingIsLost();
  });
});
