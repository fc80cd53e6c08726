import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PassCache } from '@pass-dcr/core';
import { redisCache } from '@pass-dcr/redis-cache';
import { needsRedis, startCluster, startRedis, type RedisServer } from '@pass-dcr/redis-kit';
import { Redis } from 'ioredis6';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { clusterClientNames, clusterClients } from './support/clusterClients.js';
import { clientNames, singleClients } from './support/singleClients.js';
import { ofIoredis } from './support/TestClient.js';

const codesOf = async (cache: PassCache): Promise<readonly string[]> =>
  ((await cache.check?.()) ?? []).map(({ level, code }) => `${level} ${code}`);

needsRedis(describe)('check', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    await server.stop();
  });
  const address = (): { host: string; port: number } => ({ host: server.host, port: server.port });

  it.each(clientNames)('says what it found through %s', async (name) => {
    const { client, end } = await singleClients[name](address());
    onTestFinished(end);
    expect(await codesOf(redisCache({ client }))).toEqual([
      'info redis_server',
      'warning redis_not_durable',
      'warning redis_no_replica',
    ]);
  });

  it('says what it found through a function', async () => {
    const client = new Redis(address());
    onTestFinished(() => client.disconnect());
    const cache = redisCache({
      sendCommand: async (_key, _isReadOnly, [command = '', ...args]) => await client.call(command, ...args),
    });
    expect(await codesOf(cache)).toContain('info redis_server');
  });

  it('leaves nothing behind', async () => {
    const { client, end } = ofIoredis(new Redis(address()));
    onTestFinished(end);
    await redisCache({ client }).check?.();
    expect(await server.command('DBSIZE')).toBe(0);
  });

  it('sees a policy that evicts credentials, and what is nearly full', async () => {
    const { client, end } = ofIoredis(new Redis(address()));
    onTestFinished(end);
    onTestFinished(async () => {
      await server.command('CONFIG', 'SET', 'maxmemory', 0);
      await server.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    });
    const cache = redisCache({ client });
    await server.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lfu');
    expect(await codesOf(cache)).toContain('error redis_evicts_credentials');
    await server.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    const used = Number((await server.info('memory'))['used_memory']);
    await server.command('CONFIG', 'SET', 'maxmemory', Math.round(used * 1.1));
    expect(await codesOf(cache)).toContain('warning redis_nearly_full');
    await server.command('CONFIG', 'SET', 'maxmemory', 1);
    expect(await codesOf(cache)).toContain('error redis_command_refused');
  });

  it('sees that the client is a replica', async () => {
    const replica = await startRedis({ replicaOf: server });
    onTestFinished(async () => await replica.stop());
    const { client, end } = ofIoredis(new Redis(replica.port, replica.host));
    onTestFinished(end);
    const codes = await codesOf(redisCache({ client }));
    expect(codes).toContain('error redis_is_replica');
    expect(codes).toContain('error redis_command_refused');
  });

  it.each([
    ['EVALSHA', '-evalsha', 'error redis_command_refused'],
    ['EVAL', '-eval', 'error redis_command_refused'],
    ['MGET', '-mget', 'error redis_command_refused'],
    ['SET', '-set', 'error redis_command_refused'],
    ['DEL', '-del', 'error redis_command_refused'],
    ['the keys', 'resetkeys', 'error redis_command_refused'],
    ['INFO', '-info', 'warning redis_cannot_verify'],
  ])('sees a user who may not %s', async (_name, rule, code) => {
    await server.command('SCRIPT', 'FLUSH');
    await server.command('ACL', 'SETUSER', 'limited', 'reset', 'on', '>limited', '~*', '+@all', rule);
    const { client, end } = ofIoredis(
      new Redis({ ...address(), username: 'limited', password: 'limited', enableReadyCheck: false }),
    );
    onTestFinished(end);
    expect(await codesOf(redisCache({ client }))).toContain(code);
  });

  it('never names addresses, users or keys', async () => {
    await server.command(
      'ACL',
      'SETUSER',
      'limited',
      'reset',
      'on',
      '>hunter2',
      '~nothing:*',
      '+@all',
      '-info',
    );
    const { client, end } = ofIoredis(
      new Redis({ ...address(), username: 'limited', password: 'hunter2', enableReadyCheck: false }),
    );
    onTestFinished(end);
    const text = JSON.stringify(await redisCache({ client }).check?.());
    for (const secret of ['hunter2', 'limited', String(server.port), server.host])
      expect(text).not.toContain(secret);
  });

  it('says that nobody answers, or that it is closed', async () => {
    const { client, end } = ofIoredis(new Redis({ host: '127.0.0.1', port: 1 }));
    onTestFinished(end);
    const cache = redisCache({ client, swapTimeoutMs: 200 });
    expect(await codesOf(cache)).toEqual(['error redis_unreachable']);
    await cache.close?.();
    expect(await codesOf(cache)).toEqual(['error redis_unreachable']);
  });

  it('asks every primary of a Cluster', { timeout: 60_000 }, async () => {
    const cluster = await startCluster();
    onTestFinished(async () => await cluster.stop());
    const [first] = cluster.nodes;
    await first?.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    for (const name of clusterClientNames) {
      const { client, end } = await clusterClients[name]({ nodes: cluster.addresses, route: {} });
      onTestFinished(end);
      const findings = (await redisCache({ client }).check?.()) ?? [];
      expect(
        findings.map(({ level, code, message }) => `${level} ${code}: ${message.split(':', 1)[0]}`),
      ).toEqual(
        expect.arrayContaining([
          'info redis_server: All 3 primaries',
          'error redis_evicts_credentials: 1 of 3 primaries',
        ]),
      );
    }
  });
});

needsRedis(describe)(
  'a user with the commands that docs/security.md lists can do all that the cache does',
  () => {
    /** What was met on the way from an empty key to an empty key, and what was found before. */
    async function useOf(cache: PassCache, key: string): Promise<readonly unknown[]> {
      const codes = await codesOf(cache);
      const stored = await cache.swap(key, null, { value: 'x', ttlMs: null });
      const [read] = await cache.read([key]);
      const [strong] = await cache.read([key], { strong: true });
      const listed: string[] = [];
      for await (const batch of cache.keys?.('pass-dcr:lo:tv:{') ?? []) listed.push(...batch);
      const deleted = await cache.swap(key, stored.ok ? stored.version : null, null);
      await cache.close?.();
      return [codes, read?.value, strong?.value, listed, deleted.ok];
    }
    const key = 'pass-dcr:lo:tv:{device}:c';

    describe('on one server', () => {
      let server: RedisServer;
      beforeAll(async () => {
        server = await startRedis();
        await limitTo(server, rules());
      });
      afterAll(async () => {
        await server.stop();
      });

      it.each(clientNames)('through %s', async (name) => {
        const { client, end } = await singleClients[name](server);
        onTestFinished(end);
        await server.command('SCRIPT', 'FLUSH');
        const cache = redisCache({ client, readTimeoutMs: 2000 });
        const codes = ['info redis_server', 'warning redis_not_durable', 'warning redis_no_replica'];
        expect(await useOf(cache, key)).toEqual([codes, 'x', 'x', [key], true]);
      });

      it('where a replica has to confirm', async () => {
        const replica = await startRedis({ replicaOf: server });
        onTestFinished(async () => await replica.stop());
        const { client, end } = ofIoredis(new Redis(address()));
        onTestFinished(end);
        const cache = redisCache({ client, replicas: 1, onShortWait: 'fail', swapTimeoutMs: 4000 });
        expect(await cache.swap(key, null, { value: 'x', ttlMs: null })).toMatchObject({ ok: true });
        await cache.close?.();
      });
      const address = (): { host: string; port: number } => ({ host: server.host, port: server.port });
    });

    it('on a Cluster, with what it lists for one', { timeout: 60_000 }, async () => {
      const cluster = await startCluster();
      onTestFinished(async () => await cluster.stop());
      const all = [...rules(), ...clusterRules()];
      await Promise.all(cluster.nodes.map(async (node) => await limitTo(node, all)));
      for (const name of clusterClientNames) {
        const { client, end } = await clusterClients[name]({ nodes: cluster.addresses, route: {} });
        onTestFinished(end);
        const [codes, ...met] = await useOf(redisCache({ client, readTimeoutMs: 2000 }), key);
        expect([name, ...met]).toEqual([name, 'x', 'x', [key], true]);
        expect(codes).not.toContain('error redis_command_refused');
        expect(codes).not.toContain('warning redis_cannot_verify');
      }
    });

    const readDocument = (): string =>
      readFileSync(new URL('../../../docs/security.md', import.meta.url), 'utf8');

    /** Of the line `ACL SETUSER pass-dcr …`. */
    function rules(): readonly string[] {
      const [, text] = /^ACL SETUSER pass-dcr on >PASSWORD (.+)$/m.exec(readDocument()) ?? [];
      if (text === undefined) throw new Error('docs/security.md has no line ACL SETUSER pass-dcr …');
      return text.split(' ');
    }

    function clusterRules(): readonly string[] {
      const [, text] = /^For a Cluster, on every node, in addition `([^`]+)`/m.exec(readDocument()) ?? [];
      if (text === undefined) throw new Error('docs/security.md says nothing of a Cluster');
      return text.split(' ');
    }

    /** Clients that give no name are this user. */
    const limitTo = async (server: RedisServer, all: readonly string[]): Promise<unknown> =>
      await server.command('ACL', 'SETUSER', 'default', ...all);
  },
);

describe('the findings in the README', () => {
  it('are those of the source, with their levels', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const documented = Array.from(
      readme.matchAll(/^\| `(redis_\w+)` \| (\w+(?:, \w+)?) \|/gm),
      ([, code = '', levels = '']) => [code, levels.split(', ')] as const,
    );
    const folder = fileURLToPath(new URL('../src/', import.meta.url));
    const source = readdirSync(folder, { encoding: 'utf8', recursive: true })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');
    const codes = new Set(Array.from(source.matchAll(/code: '(redis_[a-z_]+)'/g), ([, code]) => code));
    expect(new Set(documented.map(([code]) => code))).toEqual(codes);
    const levels = new Map(documented);
    for (const [, level, code = ''] of source.matchAll(/level: '(\w+)',\s*code: '(redis_[a-z_]+)'/g))
      expect([code, ...(levels.get(code) ?? [])]).toEqual([code, level]);
    expect(levels.get('redis_no_replica')).toEqual(['warning', 'info']);
  });
});
