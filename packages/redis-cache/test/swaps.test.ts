import type { PassCache } from '@pass-dcr/core';
import { redisCache } from '@pass-dcr/redis-cache';
import { needsRedis, startRedis, startTcpProxy, type RedisServer } from '@pass-dcr/redis-kit';
import { Redis } from 'ioredis6';
import { createClientPool as createClientPool5 } from 'redis5';
import { createClient, createClientPool } from 'redis6';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from './support/eventually.js';
import { clientNames, singleClients } from './support/singleClients.js';
import { ofIoredis, ofNodeRedis, type Address, type TestClient } from './support/TestClient.js';
import { timeOf } from './support/timeOf.js';
import { tried } from './support/tried.js';

const lasting = (value: string) => ({ value, ttlMs: null }) as const;

let keys = 0;
const freshKey = (): string => `swaps:{${(keys += 1)}}:c`;

needsRedis(describe)('a swap', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    await server.stop();
  });

  const connect = async (name: (typeof clientNames)[number] = 'ioredis 6'): Promise<PassCache> => {
    const { client, end } = await singleClients[name]({ host: server.host, port: server.port });
    onTestFinished(end);
    return redisCache({ client });
  };

  it('has one winner among sixteen connections of every driver', async () => {
    const caches = await Promise.all(
      Array.from({ length: 16 }, async (_, index) => await connect(clientNames[index % clientNames.length])),
    );
    for (let round = 0; round < 20; round += 1) {
      const key = freshKey();
      const results = await Promise.all(
        caches.map(async (cache, index) => await cache.swap(key, null, lasting(`of ${index}`))),
      );
      const winners = results.flatMap((result, index) => (result.ok ? [`of ${index}`] : []));
      expect(winners).toHaveLength(1);
      const seen = results.flatMap((result) => (result.ok ? [] : [result.current?.value]));
      expect(new Set(seen)).toEqual(new Set(winners));
    }
  });

  it('is one command, and so is a read', async () => {
    const cache = await connect();
    const key = freshKey();
    await cache.swap(key, null, lasting('warm'));
    await cache.read([key], { strong: true });
    await server.command('CONFIG', 'RESETSTAT');
    await cache.swap(key, null, lasting('late'));
    await cache.read([key, `${key}2`, `${key}3`]);
    await cache.read([key, `${key}2`, `${key}3`], { strong: true });
    const stats = await server.info('commandstats');
    const calls = Object.entries(stats).map(([name, text]) => `${name} ${/calls=(\d+)/.exec(text)?.[1]}`);
    expect(calls).toEqual(expect.arrayContaining(['cmdstat_evalsha 2', 'cmdstat_mget 1']));
    expect(calls.filter((call) => /eval |set /.test(call))).toEqual([]);
  });

  it('is stored with its time to live, and without one for ever', async () => {
    const cache = await connect();
    const [passing, staying] = [freshKey(), freshKey()];
    await cache.swap(passing, null, { value: 'token', ttlMs: 60_000 });
    await cache.swap(staying, null, lasting('credentials'));
    expect(await server.command('PTTL', passing)).toSatisfy((ttl: number) => ttl > 50_000 && ttl <= 60_000);
    expect(await server.command('PTTL', staying)).toBe(-1);
  });

  it.each(clientNames)(
    'works through %s after the scripts are flushed, and after a restart',
    async (name) => {
      const own = await startRedis();
      onTestFinished(async () => await own.stop());
      const { client, end } = await singleClients[name]({ host: own.host, port: own.port });
      onTestFinished(end);
      const cache = redisCache({ client, readTimeoutMs: 2000, swapTimeoutMs: 2000 });
      const key = freshKey();
      expect(await cache.swap(key, null, lasting('first'))).toMatchObject({ ok: true });
      await own.command('SCRIPT', 'FLUSH');
      expect(await cache.swap(key, null, lasting('second'))).toMatchObject({ ok: false });
      await own.command('SCRIPT', 'FLUSH');
      expect(await cache.read([key], { strong: true })).toMatchObject([{ value: 'first' }]);
      await own.restart();
      await eventually('a write', async () => (await cache.swap(key, null, lasting('third'))).ok);
      expect(await cache.read([key], { strong: true })).toMatchObject([{ value: 'third' }]);
    },
  );

  it('sends its text only to a server that does not know it, not to one that refuses it', async () => {
    const sent: string[] = [];
    const cache = redisCache({
      async sendCommand(_key, _isReadOnly, [command = '']) {
        sent.push(command);
        throw new Error("OOM command not allowed when used memory > 'maxmemory'.");
      },
    });
    expect((await timeOf(async () => await cache.swap(freshKey(), null, lasting('x')))).result).toMatch(
      /OOM/,
    );
    expect(sent).toEqual(['EVALSHA']);
  });

  it.each<[string, (socket: Address) => Promise<TestClient>]>([
    ['5', async (socket) => await ofNodeRedis(createClientPool5({ socket }))],
    ['6', async (socket) => await ofNodeRedis(createClientPool({ socket }))],
  ])('works through a pool of node-redis %s', async (_version, connectPool) => {
    const { client, end } = await connectPool({ host: server.host, port: server.port });
    onTestFinished(end);
    const cache = redisCache({ client });
    const some = Array.from({ length: 50 }, freshKey);
    const won = async (): Promise<readonly boolean[]> =>
      await Promise.all(some.map(async (key) => (await cache.swap(key, null, lasting('x'))).ok));
    expect(await won()).toEqual(some.map(() => true));
    expect(await won()).toEqual(some.map(() => false));
    const [key = ''] = some;
    expect(await cache.read([key, `${key}2`])).toMatchObject([{ value: 'x' }, null]);
    expect((await cache.check?.())?.map(({ code }) => code)).toEqual([
      'redis_server',
      'redis_not_durable',
      'redis_no_replica',
    ]);
  });
});

needsRedis(describe)('a swap whose reply is lost', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    await server.stop();
  });
  beforeEach(async () => {
    await server.command('CONFIG', 'RESETSTAT');
  });

  const executions = async (): Promise<number> => {
    const { cmdstat_evalsha: stats = '' } = await server.info('commandstats');
    return Number(/calls=(\d+)/.exec(stats)?.[1] ?? 0);
  };

  it.each<['ioredis 5' | 'ioredis 6' | 'iovalkey', string]>([
    ['ioredis 5', 'a write'],
    ['ioredis 6', 'a write'],
    ['iovalkey', 'a write'],
    ['ioredis 6', 'a replacement'],
    ['ioredis 6', 'a deletion'],
  ])('is sent again by %s, and succeeds once: %s', async (name, kind) => {
    await using proxy = await startTcpProxy({ host: server.host, port: server.port });
    const { client, end } = await singleClients[name]({ host: proxy.host, port: proxy.port });
    onTestFinished(end);
    const cache = redisCache({ client });
    const key = freshKey();
    const before = await cache.swap(key, null, kind === 'a write' ? null : lasting('before'));
    const executionsBefore = await executions();
    const cut = proxy.cutReplyOnce({ command: 'EVALSHA' });
    const result = await cache.swap(
      key,
      before.ok ? before.version : null,
      kind === 'a deletion' ? null : lasting('after'),
    );
    await cut;
    expect(result.ok).toBe(true);
    expect(await executions()).toBe(executionsBefore + 2);
    const [entry] = await cache.read([key], { strong: true });
    expect(entry).toEqual(
      kind === 'a deletion' ? null : { value: 'after', version: result.ok ? result.version : '' },
    );
  });

  it.each(tried(['node-redis 5', 'node-redis 6', 'glide']))(
    'rejects with %s, which does not send again: it may have happened',
    async (name) => {
      await using proxy = await startTcpProxy({ host: server.host, port: server.port });
      const { client, end } = await singleClients[name]({ host: proxy.host, port: proxy.port });
      onTestFinished(end);
      const cache = redisCache({ client });
      const key = freshKey();
      await cache.swap(key, null, null);
      const cut = proxy.cutReplyOnce({ command: 'EVALSHA' });
      expect((await timeOf(async () => await cache.swap(key, null, lasting('x')))).result).not.toBe('ok');
      await cut;
      await eventually('a read', async () => {
        const [entry] = await cache.read([key], { strong: true });
        return entry?.value === 'x';
      });
    },
  );
});

needsRedis(describe)('what this cache has not written', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    await server.stop();
  });

  const connect = (): PassCache => {
    const { client, end } = ofIoredis(new Redis(server.port, server.host));
    onTestFinished(end);
    return redisCache({ client });
  };

  it.each(['', 'abc', 'exactly 16 bytes', 'a value of another program', 'väl√e'])(
    'is there, and can be named and deleted: %j',
    async (value) => {
      const cache = connect();
      const key = freshKey();
      await server.command('SET', key, value);
      const [entry = null] = await cache.read([key]);
      expect(await cache.read([key], { strong: true })).toEqual([entry]);
      expect(entry).toMatchObject({ version: expect.any(String) });
      expect(entry?.version).toHaveLength(16);
      expect(await cache.swap(key, null, lasting('ours'))).toEqual({ ok: false, current: entry });
      expect(await server.command('GET', key)).toBe(value);
      // Versions of this cache are ASCII: of what is cut inside of a character, no version can be given.
      if (value === 'väl√e') return;
      expect(await cache.swap(key, entry?.version ?? null, null)).toEqual({ ok: true, version: null });
      expect(await server.command('EXISTS', key)).toBe(0);
    },
  );

  it('of another type is neither absent nor overwritten nor deleted', async () => {
    const cache = connect();
    const key = freshKey();
    await server.command('HSET', key, 'field', 'value');
    for (const call of [
      async () => await cache.read([key], { strong: true }),
      async () => await cache.swap(key, null, lasting('ours')),
      async () => await cache.swap(key, null, null),
    ])
      expect((await timeOf(call)).result).toMatch(/WRONGTYPE/);
    expect(await server.command('HGET', key, 'field')).toBe('value');
  });

  it('and what replies are no replies rejects', async () => {
    const cache = redisCache({ sendCommand: async () => 42 });
    expect((await timeOf(async () => await cache.read(['a']))).result).toMatch(/number where a list was/);
    expect((await timeOf(async () => await cache.swap('a', null, null))).result).toMatch(/number where text/);
    const short = redisCache({ sendCommand: async () => [] });
    expect((await timeOf(async () => await short.read(['a']))).result).toMatch(/0 values where 1 were/);
    const odd = redisCache({ sendCommand: async () => 'OK' });
    expect((await timeOf(async () => await odd.swap('a', null, null))).result).toMatch(/none of its script/);
  });
});

needsRedis(describe)('replies', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    await server.stop();
  });

  it('may be text or bytes', async () => {
    const client = createClient({ socket: { host: server.host, port: server.port } });
    client.on('error', () => undefined);
    await client.connect();
    onTestFinished(() => client.destroy());
    const ofBuffers = client.withTypeMapping({ 36: Buffer, 43: Buffer });
    const cache = redisCache({
      sendCommand: async (_key, _isReadOnly, args) => await ofBuffers.sendCommand([...args]),
    });
    const ofBytes = redisCache({
      async sendCommand(_key, _isReadOnly, args) {
        const reply: unknown = await ofBuffers.sendCommand([...args]);
        const bytes = (value: unknown): unknown => (Buffer.isBuffer(value) ? new Uint8Array(value) : value);
        return Array.isArray(reply) ? reply.map(bytes) : bytes(reply);
      },
    });
    const key = freshKey();
    const stored = await cache.swap(key, null, lasting('value'));
    const entry = { value: 'value', version: stored.ok ? stored.version : '' };
    for (const each of [cache, ofBytes]) {
      expect(await each.read([key, `${key}2`])).toEqual([entry, null]);
      expect(await each.swap(key, null, lasting('late'))).toEqual({ ok: false, current: entry });
    }
  });

  it('are read with any setting of ioredis', async () => {
    for (const options of [
      { protocol: 3 as const },
      { protocol: 2 as const },
      { stringNumbers: true },
      { enableAutoPipelining: true },
    ]) {
      const { client, end } = ofIoredis(new Redis({ host: server.host, port: server.port, ...options }));
      onTestFinished(end);
      const cache = redisCache({ client });
      const key = freshKey();
      const stored = await cache.swap(key, null, lasting('007'));
      expect(await cache.read([key])).toEqual([{ value: '007', version: stored.ok ? stored.version : '' }]);
      expect((await cache.check?.())?.map(({ code }) => code)).toContain('redis_server');
    }
  });
});

needsRedis(describe)('a server that is full', () => {
  it('refuses writes, keeps what it has, is still read, and is not taken for dead', async () => {
    const server = await startRedis({ config: { 'maxmemory-policy': 'noeviction' } });
    onTestFinished(async () => await server.stop());
    const { client, end } = ofIoredis(new Redis(server.port, server.host));
    onTestFinished(end);
    const cache = redisCache({ client });
    const stored = await Promise.all(
      Array.from({ length: 50 }, async (_, n) => await cache.swap(`full:{${n}}`, null, lasting(`${n}`))),
    );
    await server.command('CONFIG', 'SET', 'maxmemory', 1);
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const { result } = await timeOf(async () => await cache.swap(freshKey(), null, lasting('new')));
      expect(result).toMatch(/Redis refused the command \(OOM\)/);
    }
    for (const [n, result] of stored.entries()) {
      const version = result.ok ? result.version : '';
      expect(await cache.read([`full:{${n}}`], { strong: true })).toEqual([{ value: `${n}`, version }]);
    }
    // What frees memory is allowed.
    const [first] = stored;
    expect(await cache.swap('full:{0}', first?.ok === true ? first.version : null, null)).toMatchObject({
      ok: true,
    });
  });
});
