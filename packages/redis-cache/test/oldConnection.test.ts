import { redisCache } from '@pass-dcr/redis-cache';
import { needsRedis, startRedis } from '@pass-dcr/redis-kit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ReadOnlyAnswers } from '../src/link/ReadOnlyAnswers.js';
import { eventually } from './support/eventually.js';
import { MovingAddress } from './support/MovingAddress.js';
import { clientNames, singleClients } from './support/singleClients.js';

const lasting = (value: string) => ({ value, ttlMs: null }) as const;

describe('READONLY', () => {
  it('once is no reason to connect anew, again and again is, ever more rarely', () => {
    const answers = new ReadOnlyAnswers();
    const at = [0, 100, 200, 2000, 2100, 5000, 6100, 10_000, 10_100, 30_000, 30_001];
    expect(at.filter((now) => answers.add(now))).toEqual([100, 2100, 6100, 10_100, 30_001]);
  });
});

/** Glide shows no way to be made to connect again; docs/operations.md says so. */
const names = clientNames.filter((name) => name !== 'glide');

needsRedis(describe)('after a failover behind an address that follows the primary', () => {
  it.each(names)('%s writes within five seconds, with what it has in hand', async (name) => {
    const [first, second] = await Promise.all([startRedis(), startRedis()]);
    const address = await MovingAddress.start(first);
    onTestFinished(async () => {
      await address.stop();
      await Promise.all([first.stop(), second.stop()]);
    });
    const { client, end } = await singleClients[name](address);
    onTestFinished(end);
    const cache = redisCache({ client });
    let reconnections = 0;
    cache.onReconnect?.(() => (reconnections += 1));
    await cache.swap('a:{1}', null, lasting('before'));

    await first.command('REPLICAOF', second.host, second.port);
    address.target = second;
    const startedAt = performance.now();
    const write = async (): Promise<boolean> => (await cache.swap('a:{2}', null, lasting('after'))).ok;
    await expect(write()).rejects.toMatchObject({ code: 'cache_unavailable' });
    await eventually('a write', write, 10_000);
    expect(performance.now() - startedAt).toBeLessThan(5000);
    expect(await second.command('EXISTS', 'a:{2}')).toBe(1);
    await eventually('a reconnection', () => reconnections > 0);
    expect((await cache.check?.())?.map(({ code }) => code)).not.toContain('redis_is_replica');
    await cache.close?.();
    // What it opened itself is gone; the client is its owner's.
    const others = async (): Promise<number> =>
      String(await second.command('CLIENT', 'LIST', 'TYPE', 'normal'))
        .trim()
        .split('\n').length;
    if (name.startsWith('node-redis'))
      await eventually('the end of its own', async () => (await others()) === 1);
  });

  it('the finding says that the connection is the old one', async () => {
    const [server, other] = await Promise.all([startRedis(), startRedis()]);
    onTestFinished(async () => void (await Promise.all([server.stop(), other.stop()])));
    const { client, end } = await singleClients['ioredis 6'](server);
    onTestFinished(end);
    await server.command('REPLICAOF', other.host, other.port);
    const found = (await redisCache({ client }).check?.())?.find(({ code }) => code === 'redis_is_replica');
    expect(found?.message).toContain('this is the old connection, and it is made anew');
  });
});
