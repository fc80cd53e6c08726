import { redisCache, type RedisClient } from '@pass-dcr/redis-cache';
import {
  needsRedis,
  startRedis,
  startSentinels,
  type RedisServer,
  type Sentinels,
} from '@pass-dcr/redis-kit';
import { Redis } from 'ioredis6';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { eventually } from './support/eventually.js';
import { sentinelClients } from './support/sentinelClients.js';
import { singleClients } from './support/singleClients.js';
import { ofIoredis } from './support/TestClient.js';
import { timeOf } from './support/timeOf.js';
import { tried } from './support/tried.js';

const lasting = (value: string) => ({ value, ttlMs: null }) as const;
let keys = 0;
const freshKey = (): string => `replicas:{${(keys += 1)}}:c`;

needsRedis(describe)('credentials that replicas have to confirm', () => {
  let primary: RedisServer;
  let replica: RedisServer;
  let sentinels: Sentinels;
  beforeAll(async () => {
    primary = await startRedis();
    replica = await startRedis({ replicaOf: primary });
    sentinels = await startSentinels({ primary, downAfterMs: 60_000 });
  }, 60_000);
  afterEach(async () => {
    await replica.resume();
    await eventually('the replica', async () => {
      const [written, acknowledged] = await Promise.all([
        primary.info('replication'),
        replica.info('replication'),
      ]);
      return written['master_repl_offset'] === acknowledged['slave_repl_offset'];
    });
  }, 30_000);
  afterAll(async () => {
    await sentinels.stop();
    await replica.stop();
    await primary.stop();
  });

  const heardWarnings = (): readonly string[] => {
    const heard: string[] = [];
    const listen = ({ message }: Error): void => void heard.push(message);
    process.on('warning', listen);
    onTestFinished(() => void process.off('warning', listen));
    return heard;
  };

  const connectSingle = async (name: keyof typeof singleClients): Promise<RedisClient> => {
    const { client, end } = await singleClients[name]({ host: primary.host, port: primary.port });
    onTestFinished(end);
    return client;
  };
  const connectSentinel = async (name: keyof typeof sentinelClients): Promise<RedisClient> => {
    const { name: group, addresses } = sentinels;
    const { client, end } = await sentinelClients[name]({ name: group, addresses, route: {} });
    onTestFinished(end);
    return client;
  };

  const ways: readonly (readonly [string, () => Promise<RedisClient>])[] = [
    ...tried(['ioredis 5', 'ioredis 6', 'iovalkey', 'node-redis 5', 'node-redis 6']).map(
      (name) => [name, async () => await connectSingle(name)] as const,
    ),
    ...(['ioredis 6', 'node-redis 6'] as const).map(
      (name) => [`${name} by Sentinels`, async () => await connectSentinel(name)] as const,
    ),
  ];

  describe.each(inject('everything') ? ways : ways.slice(0, 2))('through %s', (_name, connect) => {
    it('are on the replica when the write returns', async () => {
      const client = await connect();
      const cache = redisCache({ client, replicas: 1, onShortWait: 'fail', swapTimeoutMs: 4000 });
      onTestFinished(async () => await cache.close?.());
      for (let device = 0; device < 20; device += 1) {
        const key = freshKey();
        const result = await cache.swap(key, null, lasting(`of ${device}`));
        expect(result.ok).toBe(true);
        expect(await replica.command('EXISTS', key)).toBe(1);
        expect(await cache.swap(key, null, lasting('late'))).toMatchObject({ ok: false });
        expect(await cache.swap(key, result.ok ? result.version : null, lasting('next'))).toMatchObject({
          ok: true,
        });
      }
      expect(
        await Promise.all(
          Array.from({ length: 100 }, async () => (await cache.swap(freshKey(), null, lasting('x'))).ok),
        ),
      ).toEqual(Array(100).fill(true));
    });

    it('are stored without a replica, with one warning and a finding, or reject, as was chosen', async () => {
      const client = await connect();
      const heard = heardWarnings();
      const warning = redisCache({ client, replicas: 1, swapTimeoutMs: 800 });
      const failing = redisCache({ client, replicas: 1, swapTimeoutMs: 800, onShortWait: 'fail' });
      onTestFinished(async () => void (await Promise.all([warning.close?.(), failing.close?.()])));
      expect((await warning.swap(freshKey(), null, lasting('connects'))).ok).toBe(true);
      expect((await failing.swap(freshKey(), null, lasting('connects'))).ok).toBe(true);
      await replica.pause();
      // Five at once, and one after them: all share two WAITs.
      const together = await Promise.all(
        Array.from({ length: 5 }, async () => await warning.swap(freshKey(), null, lasting('x'))),
      );
      const one = await warning.swap(freshKey(), null, lasting('x'));
      expect([...together, one].map(({ ok }) => ok)).toEqual(Array(6).fill(true));
      const key = freshKey();
      const { result } = await timeOf(async () => await failing.swap(key, null, lasting('x')));
      expect(result).toMatch(
        /the primary has stored it, but too few confirmed it in time \(0 of 1 replicas\)/,
      );
      await vi.waitFor(() => expect(heard).toHaveLength(1));
      expect(heard[0]).toMatch(/credentials were stored, but not confirmed in time \(by 0 of 1 replicas\)/);
      expect((await warning.check?.())?.map(({ code }) => code)).toContain('redis_replica_not_confirmed');
    });
  });

  it('wait over a connection that nothing else uses: tokens and reads go on, and only credentials wait', async () => {
    const client = await connectSingle('ioredis 6');
    const cache = redisCache({ client, replicas: 1, swapTimeoutMs: 4000 });
    onTestFinished(async () => await cache.close?.());
    await cache.swap(freshKey(), null, lasting('connects'));
    await replica.pause();
    const slow = timeOf(async () => await cache.swap(freshKey(), null, lasting('x')));
    const [read, token] = await Promise.all([
      timeOf(async () => await cache.read([freshKey()])),
      timeOf(async () => await cache.swap(freshKey(), null, { value: 'token', ttlMs: 60_000 })),
    ]);
    expect(Math.max(read.tookMs, token.tookMs)).toBeLessThan(500);
    expect((await slow).tookMs).toBeGreaterThan(900);
  });

  it('open that connection with the first of them, open it again when it was lost, and close it with the cache', async () => {
    const { client, end } = ofIoredis(
      new Redis({ host: primary.host, port: primary.port, connectionName: 'counted' }),
    );
    onTestFinished(end);
    const connections = async (): Promise<readonly string[]> =>
      String(await primary.command('CLIENT', 'LIST'))
        .split('\n')
        .filter((line) => line.includes('name=counted'))
        .map((line) => /id=(\d+)/.exec(line)?.[1] ?? '');
    const cache = redisCache({ client, replicas: 1, onShortWait: 'fail' });
    await cache.read([freshKey()]);
    const [own] = await connections();
    expect(await connections()).toEqual([own]);
    await cache.swap(freshKey(), null, lasting('x'));
    const [, further] = await connections();
    expect(await connections()).toHaveLength(2);
    await primary.command('CLIENT', 'KILL', 'ID', further ?? '');
    await eventually('the loss', async () => (await connections()).length === 1);
    expect((await cache.swap(freshKey(), null, lasting('x'))).ok).toBe(true);
    expect(await connections()).toHaveLength(2);
    await cache.close?.();
    await eventually('the end', async () => (await connections()).length === 1);
  });

  it('and a second sending of one that is there already still waits for its replicas', async () => {
    const client = await connectSingle('ioredis 6');
    const cache = redisCache({ client });
    const key = freshKey();
    const first = await cache.swap(key, null, lasting('x'));
    const version = first.ok ? (first.version ?? '') : '';
    const offset = async (): Promise<number> =>
      Number((await primary.info('replication'))['master_repl_offset']);
    const before = await offset();
    const { swapScript } = await import('../src/scripts/scripts.js');
    expect(await primary.command('EVAL', swapScript.text, 1, key, '', version, 'x', '0')).toBe('stored');
    expect(await offset()).toBeGreaterThan(before + 40);
    expect(await cache.read([key], { strong: true })).toEqual([{ value: 'x', version }]);
  });
});
