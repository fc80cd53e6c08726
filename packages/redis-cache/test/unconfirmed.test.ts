import { isPassError, type Pass, type PassCache } from '@pass-dcr/core';
import { createPassWith, timingForTests } from '@pass-dcr/core/testing';
import { redisCache, type RedisCacheOptions } from '@pass-dcr/redis-cache';
import { needsRedis, startRedis, type RedisServer } from '@pass-dcr/redis-kit';
import { createSimulator } from '@pass-dcr/simulator';
import { Redis } from 'ioredis6';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ofIoredis } from './support/TestClient.js';

const lasting = (value: string) => ({ value, ttlMs: null }) as const;
const device = { identifier: 'a device that is new', address: '203.0.113.2' };
const key = 'unconfirmed:{1}:c';

type Settings = Partial<Pick<RedisCacheOptions, 'replicas' | 'onShortWait' | 'swapTimeoutMs'>>;

needsRedis(describe)("with onShortWait 'fail', what no replica has confirmed", () => {
  let primary: RedisServer;
  let replica: RedisServer;
  beforeEach(async () => {
    primary = await startRedis();
    replica = await startRedis({ replicaOf: primary });
  });
  afterEach(async () => {
    await Promise.all([replica.stop(), primary.stop()]);
  });

  /** As another process has it: with a client of its own. */
  const cacheWith = (settings: Settings): PassCache => {
    const { client, end } = ofIoredis(new Redis(primary.port, primary.host));
    const cache = redisCache({ client, swapTimeoutMs: 400, ...settings });
    onTestFinished(async () => {
      await cache.close?.();
      await end();
    });
    return cache;
  };
  const failing = (): PassCache => cacheWith({ replicas: 1, onShortWait: 'fail' });
  /** Where the replica runs, which on a busy machine may be late. */
  const patient = (): PassCache => cacheWith({ replicas: 1, onShortWait: 'fail', swapTimeoutMs: 10_000 });
  const outcome = async (work: Promise<unknown>): Promise<unknown> =>
    await work.then(
      (value) => value,
      (error: unknown) => {
        if (isPassError(error)) return error.message;
        throw error;
      },
    );

  it('is handed out to no process, by no kind of call, until one has', async () => {
    const [writer, sameMode, warning, without] = [
      failing(),
      failing(),
      cacheWith({ replicas: 1 }),
      cacheWith({}),
    ];
    await outcome(writer.swap('unconfirmed:{0}:c', null, lasting('connects')));
    await replica.pause();
    expect(await outcome(writer.swap(key, null, lasting('x')))).toMatch(/0 of 1 replicas/);
    for (const cache of [writer, sameMode, warning]) {
      expect(await outcome(cache.read([key]))).toMatch(/0 of 1 replicas/);
      expect(await outcome(cache.read([key], { strong: true }))).toMatch(/0 of 1 replicas/);
      expect(await outcome(cache.swap(key, null, lasting('y')))).toMatch(/0 of 1 replicas|no answer within/);
    }
    expect(await outcome(without.read([key]))).toMatch(
      /written with onShortWait: 'fail' and is not confirmed/,
    );
    await replica.resume();
    const [entry] = await sameMode.read([key]);
    expect(entry?.value).toBe('x');
    expect(await replica.command('EXISTS', key)).toBe(1);
    // The mark is gone, so others read it with one MGET.
    expect(await without.read([key])).toEqual([entry]);
  });

  it('is stored without a mark where it is confirmed at once, for one round trip more', async () => {
    const result = await patient().swap(key, null, lasting('x'));
    const version = result.ok ? result.version : '';
    expect(await primary.command('GET', key)).toBe(`${version}x`);
    expect(await cacheWith({}).read([key], { strong: true })).toEqual([{ value: 'x', version }]);
  });

  it('can be replaced or deleted by whoever read it before it was written again', async () => {
    const cache = failing();
    const first = await patient().swap(key, null, lasting('x'));
    await replica.pause();
    const second = await outcome(cache.swap(key, first.ok ? first.version : null, lasting('y')));
    expect(second).toMatch(/0 of 1 replicas/);
    await replica.resume();
    const [entry] = await cache.read([key], { strong: true });
    expect(entry?.value).toBe('y');
    expect(await cache.swap(key, entry?.version ?? null, null)).toEqual({ ok: true, version: null });
  });

  it('serves no device; the same pair serves it once a replica is there', async () => {
    await using simulator = await createSimulator();
    const statement = simulator.issueSoftwareStatement({ application: 'tv' });
    const passOn = (): Pass =>
      createPassWith(
        {
          environment: 'local',
          baseUrl: simulator.url,
          softwareStatement: statement,
          serviceProvider: 'REF30',
          application: 'tv',
          secret: 'a secret of more than thirty-two characters',
          cache: failing(),
        },
        { timing: timingForTests },
      );
    await using one = passOn();
    await using other = passOn();
    // On a busy machine a replica may be late with the first.
    const first = { identifier: 'the first device', address: '203.0.113.1' };
    await expect
      .poll(async () => await outcome(one.authenticate(first)), { timeout: 10_000 })
      .toBeUndefined();
    await replica.pause();
    const attempts = await Promise.all([
      outcome(one.authenticate(device)),
      outcome(other.authenticate(device)),
    ]);
    expect(attempts).not.toContain(undefined);
    expect(await outcome(other.authenticate(device))).toBeTypeOf('string');
    await replica.resume();
    await expect
      .poll(async () => await outcome(other.authenticate(device)), { timeout: 10_000 })
      .toBeUndefined();
    await expect
      .poll(async () => await outcome(one.authenticate(device)), { timeout: 10_000 })
      .toBeUndefined();
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(2);
  });
});
