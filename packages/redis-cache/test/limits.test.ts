import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { redisCache } from '@pass-dcr/redis-cache';
import { needsRedis, startRedis, startTcpProxy, type RedisServer, type TcpProxy } from '@pass-dcr/redis-kit';
import { Redis } from 'ioredis6';
import { createClient } from 'redis6';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { eventually } from './support/eventually.js';
import { clientNames, singleClients } from './support/singleClients.js';
import { ofIoredis } from './support/TestClient.js';
import { timeOf } from './support/timeOf.js';

const key = 'limits:{x}:c';
const lasting = { value: 'value', ttlMs: null };
const suspended = /Redis did not answer before \(.+\) and is asked again in \d+ ms/;

needsRedis(describe)('a store that does not answer', () => {
  let server: RedisServer;
  let proxy: TcpProxy;
  beforeAll(async () => {
    server = await startRedis();
    proxy = await startTcpProxy({ host: server.host, port: server.port });
  });
  afterEach(async () => {
    await proxy.heal({ held: 'reset' });
  });
  afterAll(async () => {
    await proxy.stop();
    await server.stop();
  });

  describe.each(clientNames)('through %s', (name) => {
    it('ends a read after 250 ms, a write after a second, and either sooner for a caller who says so', async () => {
      const { client, end } = await singleClients[name](proxy);
      onTestFinished(end);
      const cache = redisCache({ client });
      await cache.swap(key, null, null);
      proxy.blackHole();
      const [read, strongRead, swap, soon] = await Promise.all([
        timeOf(async () => await cache.read([key])),
        timeOf(async () => await cache.read([key], { strong: true, timeoutMs: 5000 })),
        timeOf(async () => await cache.swap(key, null, lasting)),
        timeOf(async () => await cache.swap(key, null, lasting, { timeoutMs: 100 })),
      ]);
      for (const [{ tookMs, result }, limitMs] of [
        [read, 250],
        [strongRead, 250],
        [swap, 1000],
        [soon, 100],
      ] as const) {
        expect(result).toMatch(new RegExp(`no answer within ${limitMs} ms`));
        expect(tookMs).toBeGreaterThan(limitMs - 2);
        expect(tookMs).toBeLessThan(limitMs + 400);
      }
    });

    it('is asked once a second after five calls in vain, others are told at once, and all is well when it is back', async () => {
      const { client, end } = await singleClients[name](proxy);
      onTestFinished(end);
      const cache = redisCache({ client, readTimeoutMs: 100 });
      await cache.read([key]);
      proxy.blackHole();
      const first = await Promise.all(
        Array.from({ length: 5 }, async () => await timeOf(async () => await cache.read([key]))),
      );
      expect(first.map(({ result }) => result)).toEqual(Array(5).fill(expect.stringContaining('no answer')));
      const refused = [];
      for (let call = 0; call < 200; call += 1)
        refused.push(await timeOf(async () => await cache.swap(key, null, lasting)));
      expect(refused.filter(({ result }) => !suspended.test(result))).toEqual([]);
      expect(refused.map(({ tookMs }) => tookMs).toSorted((a, b) => a - b)[100]).toBeLessThan(0.3);
      await proxy.heal({ held: 'reset' });
      await eventually('an answer', async () => (await cache.read([key])).length === 1);
      expect(
        (await Promise.all(Array.from({ length: 20 }, async () => await cache.read([key])))).length,
      ).toBe(20);
    });
  });

  it('is found by check within the time of one write, with a reader too', async () => {
    const [{ client, end }, reader] = await Promise.all([
      singleClients['ioredis 6'](proxy),
      singleClients['node-redis 6'](proxy),
    ]);
    onTestFinished(end);
    onTestFinished(reader.end);
    const cache = redisCache({ client, reader: reader.client, swapTimeoutMs: 500 });
    await cache.read([key]);
    proxy.blackHole();
    const startedAt = performance.now();
    const findings = (await cache.check?.()) ?? [];
    expect(performance.now() - startedAt).toBeLessThan(900);
    expect(findings.map(({ code }) => code)).toEqual(['redis_unreachable', 'redis_reader_unusable']);
  });

  it.each(
    inject('everything') ? (['ioredis 6', 'node-redis 6', 'glide'] as const) : (['ioredis 6'] as const),
  )('keeps nothing of calls that were given up, in the memory of a server that uses %s', async (name) => {
    const { client, end } = await singleClients[name](proxy);
    onTestFinished(end);
    const cache = redisCache({ client, swapTimeoutMs: 300 });
    await cache.swap(key, null, null);
    proxy.blackHole();
    const load = async (forMs: number): Promise<number> => {
      const outcomes = [];
      const endsAt = Date.now() + forMs;
      for (let calls = 0; Date.now() < endsAt; calls += 20) {
        for (let call = 0; call < 20; call += 1)
          outcomes.push(timeOf(async () => await cache.swap(key, null, lasting)));
        await setTimeout(10);
      }
      return (await Promise.all(outcomes)).length;
    };
    // Until the first writes have had their time, nothing is known.
    await load(600);
    const requestsBefore = requestsOf(proxy);
    const heapBefore = heapUsed();
    const calls = await load(1500);
    // A few hundred kilobytes are the compiler's and the test's own; the calls would be megabytes.
    expect((heapUsed() - heapBefore) / calls).toBeLessThan(400);
    expect(requestsOf(proxy) - requestsBefore).toBeLessThan(20);
  });
});

needsRedis(describe)('a client that is not connected', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    await server.stop();
  });

  it('gets its chance in the first moments, however it connects', async () => {
    const address = { host: server.host, port: server.port };
    const nodeRedis = createClient({ socket: address });
    nodeRedis.on('error', () => undefined);
    const clients = [
      ofIoredis(new Redis(address)),
      ofIoredis(new Redis({ ...address, lazyConnect: true })),
      ofIoredis(new Redis({ ...address, enableOfflineQueue: false })),
      ofIoredis(new Redis({ ...address, lazyConnect: true, enableOfflineQueue: false })),
      { client: nodeRedis, end: async () => nodeRedis.destroy() },
    ];
    onTestFinished(async () => {
      await Promise.all(clients.map(async ({ end }) => await end()));
    });
    const reads = clients.map(
      async ({ client }) => await redisCache({ client, readTimeoutMs: 2000 }).read([key]),
    );
    // After its first call, as a server does that makes everything before it connects.
    await nodeRedis.connect();
    expect(await Promise.all(reads)).toEqual(clients.map(() => [null]));
  });

  it('does not get calls into its queue while it connects again, and answers those that still wait', async () => {
    await using proxy = await startTcpProxy({ host: server.host, port: server.port });
    const client = new Redis({ host: proxy.host, port: proxy.port, retryStrategy: () => 100 });
    const { end } = ofIoredis(client);
    onTestFinished(end);
    const cache = redisCache({ client, readTimeoutMs: 2000 });
    await cache.read([key]);
    await proxy.refuse();
    await eventually('the loss', () => client.status === 'reconnecting');
    const waiting = Promise.all(Array.from({ length: 50 }, async () => await cache.read([key])));
    await setImmediate();
    expect(client).toMatchObject({ offlineQueue: { length: 0 } });
    await proxy.heal();
    expect(await waiting).toHaveLength(50);
  });

  it('does not send, once it is connected again, what nobody waits for any more', async () => {
    await using proxy = await startTcpProxy({ host: server.host, port: server.port });
    const client = new Redis({ host: proxy.host, port: proxy.port, retryStrategy: () => 100 });
    const { end } = ofIoredis(client);
    onTestFinished(end);
    const cache = redisCache({ client, readTimeoutMs: 100 });
    await cache.read([key]);
    await proxy.refuse();
    await eventually('the loss', () => client.status === 'reconnecting');
    const givenUp = await Promise.all(
      Array.from({ length: 50 }, async () => await timeOf(async () => await cache.read([key]))),
    );
    expect(givenUp.filter(({ result }) => result === 'ok')).toEqual([]);
    await server.command('CONFIG', 'RESETSTAT');
    await proxy.heal();
    await eventually('an answer', async () => (await cache.read([key])).length === 1);
    expect((await server.info('commandstats'))['cmdstat_mget']).toMatch(/^calls=1,/);
  });

  it('is told so at once when it was closed', async () => {
    const ioredis = new Redis(server.port, server.host);
    const nodeRedis = createClient({ socket: { host: server.host, port: server.port } });
    nodeRedis.on('error', () => undefined);
    await nodeRedis.connect();
    const caches = [redisCache({ client: ioredis }), redisCache({ client: nodeRedis })];
    await Promise.all(caches.map(async (cache) => await cache.read([key])));
    await ioredis.quit();
    await eventually('its end', () => ioredis.status === 'end');
    nodeRedis.destroy();
    for (const cache of caches) {
      const { result, tookMs } = await timeOf(async () => await cache.read([key]));
      expect(result).toMatch(/the client is closed/);
      expect(tookMs).toBeLessThan(50);
    }
  });

  it('is left as it is: still open after the cache is closed, and with no listener of the cache', async () => {
    const client = new Redis(server.port, server.host);
    onTestFinished(() => client.disconnect());
    const before = client.eventNames().map((event) => [event, client.listenerCount(event)]);
    const cache = redisCache({ client });
    await cache.read([key]);
    await cache.close?.();
    expect(client.eventNames().map((event) => [event, client.listenerCount(event)])).toEqual(before);
    expect(await client.ping()).toBe('PONG');
  });
});

function requestsOf({ connections }: TcpProxy): number {
  return connections.reduce((sum, { requests }) => sum + requests, 0);
}

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
