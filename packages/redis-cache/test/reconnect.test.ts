import { setTimeout } from 'node:timers/promises';
import { redisCache, type RedisClient } from '@pass-dcr/redis-cache';
import { needsRedis, startRedis, startTcpProxy, type RedisServer } from '@pass-dcr/redis-kit';
import { Redis } from 'ioredis6';
import { createClient } from 'redis6';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { eventually } from './support/eventually.js';
import { clientNames, singleClients } from './support/singleClients.js';
import { timeOf } from './support/timeOf.js';

const key = 'reconnect:{x}:c';

needsRedis(describe)('whoever asked is told that the store is back', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    await server.stop();
  });

  it.each(clientNames)(
    'through %s: after a loss that calls met, and not at the first connection',
    async (name) => {
      await using proxy = await startTcpProxy({ host: server.host, port: server.port });
      const { client, end } = await singleClients[name]({ host: proxy.host, port: proxy.port });
      onTestFinished(end);
      const cache = redisCache({ client });
      const listener = vi.fn<() => void>();
      cache.onReconnect?.(listener);
      await cache.read([key]);
      await setTimeout(100);
      expect(listener).not.toHaveBeenCalled();
      await proxy.refuse();
      await eventually(
        'a failure',
        async () => (await timeOf(async () => await cache.read([key]))).result !== 'ok',
      );
      expect(listener).not.toHaveBeenCalled();
      await proxy.heal();
      await eventually('an answer', async () => (await cache.read([key])).length === 1);
      await eventually('the call', () => listener.mock.calls.length > 0, 3000);
    },
  );

  it.each(clientNames.filter((name) => name !== 'glide'))(
    'through %s: also where no call was made while it was away',
    async (name) => {
      await using proxy = await startTcpProxy({ host: server.host, port: server.port });
      const { client, end } = await singleClients[name]({ host: proxy.host, port: proxy.port });
      onTestFinished(end);
      const cache = redisCache({ client });
      const listener = vi.fn<() => void>();
      cache.onReconnect?.(listener);
      await cache.read([key]);
      await proxy.refuse();
      await setTimeout(50);
      await proxy.heal();
      await eventually('the call', () => listener.mock.calls.length > 0);
      expect(listener).toHaveBeenCalledTimes(1);
    },
  );

  it('through a function: after a failure, and after a primary that had become a replica', async () => {
    let failure: Error | null = null;
    const cache = redisCache({
      async sendCommand() {
        if (failure !== null) throw failure;
        return [null];
      },
    });
    const listener = vi.fn<() => void>();
    cache.onReconnect?.(listener);
    await cache.read([key]);
    for (const error of [
      new Error('socket hang up'),
      new Error("READONLY You can't write against a read only replica."),
    ]) {
      listener.mockClear();
      failure = error;
      await timeOf(async () => await cache.read([key]));
      await timeOf(async () => await cache.read([key]));
      expect(listener).not.toHaveBeenCalled();
      failure = null;
      await cache.read([key]);
      await eventually('the call', () => listener.mock.calls.length === 1, 3000);
    }
    listener.mockClear();
    failure = new Error('OOM command not allowed');
    await timeOf(async () => await cache.read([key]));
    failure = null;
    await cache.read([key]);
    await setTimeout(50);
    expect(listener).not.toHaveBeenCalled();
  });

  it('but not once it has ended that, nor once the cache is closed', async () => {
    let fails = false;
    const cache = redisCache({
      async sendCommand() {
        if (fails) throw new Error('socket hang up');
        return [null];
      },
    });
    const [ended, kept] = [vi.fn<() => void>(), vi.fn<() => void>()];
    const end = cache.onReconnect?.(ended);
    cache.onReconnect?.(kept);
    end?.();
    await cache.read([key]);
    fails = true;
    await timeOf(async () => await cache.read([key]));
    fails = false;
    await cache.read([key]);
    await setTimeout(10);
    expect(ended).not.toHaveBeenCalled();
    expect(kept).toHaveBeenCalledTimes(1);
  });
});

needsRedis(describe)('the errors of a client', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    await server.stop();
  });

  const warnings = async (client: RedisClient): Promise<readonly string[]> => {
    const heard: string[] = [];
    const listen = ({ message, name }: Error): void => void heard.push(`${name}: ${message}`);
    process.on('warning', listen);
    const cache = redisCache({ client });
    for (let call = 0; call < 3; call += 1) await cache.read([key]);
    await setTimeout(20);
    process.off('warning', listen);
    return heard;
  };

  it('stay unheard where nobody listens, so that a crash stays one; which is said once', async () => {
    const client = createClient({ socket: { host: server.host, port: server.port } });
    await client.connect();
    onTestFinished(() => client.destroy());
    expect(await warnings(client)).toEqual([
      expect.stringMatching(/^PassDcrWarning: redisCache: .* add client\.on\('error', …\)\.$/),
    ]);
    expect(client.listenerCount('error')).toBe(0);
    expect((await redisCache({ client }).check?.())?.map(({ code }) => code)).toContain(
      'redis_no_error_listener',
    );
  });

  it('are nobody else’s business where somebody listens, or where the driver does not throw them', async () => {
    const client = createClient({ socket: { host: server.host, port: server.port } });
    client.on('error', () => undefined);
    await client.connect();
    onTestFinished(() => client.destroy());
    expect(await warnings(client)).toEqual([]);
    expect(client.listenerCount('error')).toBe(1);
    const ioredis = new Redis(server.port, server.host);
    onTestFinished(() => ioredis.disconnect());
    expect(await warnings(ioredis)).toEqual([]);
    expect(ioredis.listenerCount('error')).toBe(0);
  });
});
