import { redisCache, type RedisClient } from '@pass-dcr/redis-cache';
import { needsRedis, startRedis, startTcpProxy, type RedisServer, type TcpProxy } from '@pass-dcr/redis-kit';
import { GlideClient } from '@valkey/valkey-glide';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from './support/eventually.js';
import { clientNames, singleClients, type ClientName } from './support/singleClients.js';
import { timeOf } from './support/timeOf.js';

const key = 'reader:{x}:c';

needsRedis(describe)('a reader', () => {
  let primary: RedisServer;
  let replica: RedisServer;
  let proxy: TcpProxy;
  beforeAll(async () => {
    primary = await startRedis();
    replica = await startRedis({ replicaOf: primary });
    proxy = await startTcpProxy({ host: replica.host, port: replica.port });
  });
  afterAll(async () => {
    await proxy.stop();
    await replica.stop();
    await primary.stop();
  });

  const connect = async (
    name: ClientName,
    { host, port }: { readonly host: string; readonly port: number },
  ) => {
    const { client, end } = await singleClients[name]({ host, port });
    onTestFinished(end);
    return client;
  };

  /** Glide connects to no replica without its primary. */
  const connectReader = async (name: ClientName): Promise<RedisClient> => {
    if (name !== 'glide') return await connect(name, replica);
    const client = await GlideClient.createClient({
      addresses: [primary, replica].map(({ host, port }) => ({ host, port })),
      readFrom: 'preferReplica',
    });
    onTestFinished(() => client.close());
    return client;
  };

  it.each(clientNames)('answers reads through %s, but not strong ones, nor writes', async (name) => {
    const cache = redisCache({ client: await connect(name, primary), reader: await connectReader(name) });
    await cache.swap(key, null, { value: 'value', ttlMs: null });
    await eventually('the replica', async () => (await replica.command('EXISTS', key)) === 1);
    await Promise.all([primary, replica].map(async (server) => await server.command('CONFIG', 'RESETSTAT')));
    const [entry] = await cache.read([key]);
    expect(entry?.value).toBe('value');
    expect((await replica.info('commandstats'))['cmdstat_mget']).toMatch(/^calls=1,/);
    expect(await primary.info('commandstats')).not.toHaveProperty('cmdstat_mget');
    expect(await cache.read([key], { strong: true })).toEqual([entry]);
    expect(await cache.swap(key, entry?.version ?? null, null)).toEqual({ ok: true, version: null });
    expect(await replica.info('commandstats')).not.toHaveProperty('cmdstat_evalsha');
    expect((await cache.check?.())?.map(({ code }) => code)).not.toContain('redis_reader_unusable');
  });

  it('that does not answer leaves half of the time to the primary, and after five times is not asked', async () => {
    const cache = redisCache({
      client: await connect('ioredis 6', primary),
      reader: await connect('ioredis 6', proxy),
    });
    // On a busy machine the first answer may be late too, and would be one of the five.
    await eventually(
      'the reader',
      async () => (await timeOf(async () => await cache.read([key]))).tookMs < 100,
    );
    proxy.blackHole();
    onTestFinished(async () => await proxy.heal({ held: 'reset' }));
    const first = [];
    for (let read = 0; read < 5; read += 1) first.push(await timeOf(async () => await cache.read([key])));
    expect(first.map(({ result }) => result)).toEqual(Array(5).fill('ok'));
    expect(Math.min(...first.map(({ tookMs }) => tookMs))).toBeGreaterThan(120);
    const { result, tookMs } = await timeOf(async () => await cache.read([key]));
    expect(result).toBe('ok');
    expect(tookMs).toBeLessThan(100);
    const findings = await cache.check?.();
    expect(findings?.find(({ code }) => code === 'redis_reader_unusable')?.level).toBe('warning');
  });

  it('may be the client itself: what has to be strong goes to the primary all the same', async () => {
    const cache = redisCache({ client: await connectReader('glide') });
    await cache.swap(key, null, { value: 'value', ttlMs: null });
    await Promise.all([primary, replica].map(async (server) => await server.command('CONFIG', 'RESETSTAT')));
    await cache.read([key]);
    await cache.read([key], { strong: true });
    expect(await replica.info('commandstats')).toHaveProperty('cmdstat_mget');
    expect(await replica.info('commandstats')).not.toHaveProperty('cmdstat_evalsha');
    expect(await primary.info('commandstats')).toHaveProperty('cmdstat_evalsha');
  });

  it('is never the one that says absent while a stale answer could', async () => {
    // The replica has not heard of it: absence is a hint, and only the primary confirms it.
    const cache = redisCache({
      client: await connect('ioredis 6', primary),
      reader: await connect('ioredis 6', replica),
    });
    await replica.command('REPLICAOF', 'NO', 'ONE');
    onTestFinished(async () => void (await replica.command('REPLICAOF', primary.host, primary.port)));
    const fresh = 'reader:{fresh}:c';
    const stored = await cache.swap(fresh, null, { value: 'new', ttlMs: null });
    expect(await cache.read([fresh])).toEqual([null]);
    expect(await cache.read([fresh], { strong: true })).toMatchObject([{ value: 'new' }]);
    expect(await cache.swap(fresh, null, { value: 'second', ttlMs: null })).toEqual({
      ok: false,
      current: { value: 'new', version: stored.ok ? stored.version : '' },
    });
  });
});
