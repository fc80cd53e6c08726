import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  needsRedis,
  startRedis,
  startSentinels,
  type RedisServer,
  type Sentinels,
} from '@pass-dcr/redis-kit';

needsRedis(describe)('startSentinels', () => {
  let primary: RedisServer;
  let replica: RedisServer;
  let sentinels: Sentinels;

  beforeEach(async () => {
    const config = { requirepass: 'of-the-servers' };
    primary = await startRedis({ config });
    replica = await startRedis({ config, replicaOf: primary });
    sentinels = await startSentinels({ primary, name: 'tv' });
  }, 40_000);

  afterEach(async () => {
    await Promise.all([sentinels, replica, primary].map(async (each) => await each.stop()));
  });

  it('tell clients where the primary is, and replace it when it dies', async () => {
    const client = new Redis({
      sentinels: [...sentinels.addresses],
      name: 'tv',
      password: 'of-the-servers',
      sentinelRetryStrategy: () => 50,
      retryStrategy: () => 50,
      maxRetriesPerRequest: null,
    });
    client.on('error', () => {});
    onTestFinished(() => client.disconnect());
    await client.set('key', 'value');
    expect(await primary.command('WAIT', 1, 5_000)).toBe(1);
    expect(await sentinels.primary()).toMatchObject({ port: primary.port });

    await primary.kill();
    expect(await sentinels.failedOver(primary)).toMatchObject({ port: replica.port });
    expect(await client.get('key')).toBe('value');
    await client.set('key', 'of the new primary');
    expect(await replica.command('GET', 'key')).toBe('of the new primary');
  });
});
