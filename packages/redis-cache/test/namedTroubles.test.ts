import { isPassError, type PassCache } from '@pass-dcr/core';
import { redisCache, type RedisClient } from '@pass-dcr/redis-cache';
import { needsRedis, startCluster, startRedis, type RedisServer } from '@pass-dcr/redis-kit';
import { GlideClient } from '@valkey/valkey-glide';
import { Redis as Redis5 } from 'ioredis5';
import { Redis } from 'ioredis6';
import { createClient } from 'redis6';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../../apps/redis-kit/src/freePort.js';
import { singleClients } from './support/singleClients.js';

const password = 'hunter2-is-no-password';
const wrongPassword = 'hunter3-neither';

const ioredis = (options: object): RedisClient => {
  const client = new Redis({ ...options, retryStrategy: () => 50 });
  client.on('error', () => undefined);
  onTestFinished(() => client.disconnect());
  return client;
};

const nodeRedis = (options: object): RedisClient => {
  const client = createClient({ ...options });
  client.on('error', () => undefined);
  client.connect().catch(() => undefined);
  onTestFinished(() => client.destroy());
  return client;
};

/** What an operator is told of it, by a call and by the check. */
async function toldOf(cache: PassCache, calls = 1): Promise<string> {
  const told: string[] = [];
  for (let call = 0; call < calls; call += 1)
    await cache.swap('a:{1}', null, { value: 'x', ttlMs: null }).catch((error: unknown) => {
      if (!isPassError(error)) throw error;
      told.push(error.message);
    });
  told.push(...((await cache.check?.()) ?? []).map(({ code, message }) => `${code}: ${message}`));
  return told.join('\n');
}

needsRedis(describe)('what keeps a client from being answered is named', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
    await server.command('ACL', 'SETUSER', 'default', 'on', 'resetpass', `>${password}`);
  });
  afterAll(async () => {
    await server.stop();
  });
  const address = (): { host: string; port: number } => ({ host: server.host, port: server.port });

  const cases: readonly (readonly [string, () => RedisClient | Promise<RedisClient>, RegExp])[] = [
    [
      'node-redis without connect()',
      () => createClient({ socket: address(), password }),
      /never connected: call its connect\(\)/,
    ],
    ['ioredis with a wrong password', () => ioredis({ ...address(), password: wrongPassword }), /WRONGPASS/],
    ['ioredis without a password', () => ioredis(address()), /NOAUTH/],
    [
      'node-redis with a wrong password',
      () => nodeRedis({ socket: address(), password: wrongPassword }),
      /WRONGPASS/,
    ],
    ['node-redis without a password', () => nodeRedis({ socket: address() }), /NOAUTH/],
    ['ioredis with TLS to a plain port', () => ioredis({ ...address(), password, tls: {} }), /TLS/],
    [
      'node-redis with TLS to a plain port',
      () => nodeRedis({ socket: { ...address(), tls: true }, password }),
      /TLS/,
    ],
    [
      'ioredis where nobody listens',
      async () => ioredis({ host: '127.0.0.1', port: await freePort() }),
      /ECONNREFUSED/,
    ],
    [
      'node-redis where nobody listens',
      async () => nodeRedis({ socket: { host: '127.0.0.1', port: await freePort() } }),
      /ECONNREFUSED/,
    ],
    [
      'ioredis that has subscribed',
      async () => {
        const client = new Redis5({ ...address(), password });
        onTestFinished(() => client.disconnect());
        await client.subscribe('news');
        return client;
      },
      /subscriber mode/,
    ],
    [
      'node-redis that has subscribed',
      async () => {
        const client = createClient({ socket: address(), password, RESP: 2 });
        client.on('error', () => undefined);
        await client.connect();
        onTestFinished(() => client.destroy());
        await client.subscribe('news', () => undefined);
        return client;
      },
      /subscriber mode/,
    ],
  ];

  it.each(cases)('%s', async (_name, connect, expected) => {
    const cache = redisCache({ client: await connect(), swapTimeoutMs: 300, readTimeoutMs: 300 });
    onTestFinished(async () => await cache.close?.());
    const told = await toldOf(cache);
    const [ofCall = ''] = told.split('\n');
    expect(ofCall).toMatch(expected);
    expect(told.slice(ofCall.length)).toMatch(expected);
    for (const secret of [password, wrongPassword, server.host, String(server.port)])
      expect(told).not.toContain(secret);
  });

  it('also once the cache no longer asks at each call', async () => {
    const client = ioredis({ host: '127.0.0.1', port: await freePort() });
    const cache = redisCache({ client, swapTimeoutMs: 40 });
    expect((await toldOf(cache, 7)).split('\n')[6]).toMatch(/did not answer before \(.*ECONNREFUSED/);
  });

  it('a server without Lua', async () => {
    const client = new Redis({ ...address(), password });
    onTestFinished(() => client.disconnect());
    const cache = redisCache({
      async sendCommand(_key, _isReadOnly, [command = '', ...args]) {
        if (command === 'EVALSHA') throw new Error('NOSCRIPT No matching script.');
        if (command === 'EVAL') throw new Error("ERR Could not find scripting engine 'lua'");
        return await client.call(command, ...args);
      },
    });
    expect(await toldOf(cache)).toMatch(/runs no Lua scripts[^]*redis_no_scripts: /);
  });
});

needsRedis(describe)('a client for one server at a Cluster', () => {
  it('is told so by every call and by the check, through each driver', { timeout: 60_000 }, async () => {
    const cluster = await startCluster();
    onTestFinished(async () => await cluster.stop());
    const [node] = cluster.addresses;
    if (node === undefined) throw new Error('a Cluster has nodes');
    for (const name of ['ioredis 6', 'node-redis 6', 'glide'] as const) {
      const { client, end } = name === 'glide' ? await glideTo(node) : await singleClients[name](node);
      onTestFinished(end);
      const cache = redisCache({ client });
      const outcomes = await Promise.all(
        ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(async (tag) => {
          const startedAt = performance.now();
          const outcome = await cache.swap(`a:{${tag}}`, null, { value: name, ttlMs: 1000 }).then(
            () => 'ok',
            (error: unknown) => (error instanceof Error ? error.message : '?'),
          );
          return { outcome, ms: performance.now() - startedAt };
        }),
      );
      const refused = outcomes.filter(({ outcome }) => outcome !== 'ok');
      expect(refused.length).toBeGreaterThan(0);
      for (const { outcome, ms } of refused) {
        expect(outcome).toMatch(/Redis is a Cluster \(MOVED\)/);
        expect(ms).toBeLessThan(200);
      }
      const findings = (await cache.check?.()) ?? [];
      expect(findings.filter(({ level }) => level === 'error').map(({ code }) => code)).toEqual([
        'redis_is_cluster',
      ]);
    }
  });
});

async function glideTo({ host, port }: { host: string; port: number }) {
  const client = await GlideClient.createClient({ addresses: [{ host, port }], requestTimeout: 5000 });
  return { client, end: async () => client.close() };
}
