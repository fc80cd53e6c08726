const { spawn, spawnSync } = require('node:child_process');
const { mkdtempSync, rmSync } = require('node:fs');
const { connect, createServer } = require('node:net');
const { join } = require('node:path');
const { cacheConformance } = require('@pass-dcr/conformance');
const { createPass } = require('@pass-dcr/core');
const { fileCache } = require('@pass-dcr/file-cache');
const { redisCache } = require('@pass-dcr/redis-cache');
const { Redis } = require('ioredis');

// What Node throws is no instance of the Error of a test here.
const folders = mkdtempSync(join(__dirname, 'folders-'));
const folder = () => mkdtempSync(join(folders, 'cache-'));
afterAll(() => rmSync(folders, { recursive: true }));

test('a device is registered, and its credentials are in the file', async () => {
  const cache = fileCache({ path: folder() });
  const pass = createPass({
    environment: 'local',
    baseUrl: process.env.PASS_BASE_URL,
    softwareStatement: process.env.PASS_SOFTWARE_STATEMENT,
    serviceProvider: 'REF30',
    application: 'tv',
    secret: 'a secret of thirty-two characters',
    cache,
  });
  const [profile] = await pass.client({ identifier: 'tv-1' }).profiles.all();
  expect(profile.mvpd).toBe('Cablevision');
  await pass.close();
  await cache.close();
});

test('a folder that cannot be opened is told by its reason', () => {
  expect(() => fileCache({ path: join(folders, 'none', 'deeper') })).toThrow(/which does not exist/);
});

describe('the file cache', () => {
  cacheConformance({ it: test, expect, create: () => fileCache({ path: folder() }) });
});

const server = process.env.REDIS_SERVER ?? 'redis-server';
const hasRedis = spawnSync(server, ['--version']).status === 0;
(hasRedis ? describe : describe.skip)('the Redis cache', () => {
  let redis;
  let client;
  beforeAll(async () => {
    const port = await freePort();
    redis = spawn(server, ['--port', String(port), '--save', '', '--dir', folders, '--bind', '127.0.0.1']);
    client = new Redis(port, '127.0.0.1');
    client.on('error', () => {});
    await client.ping();
  });
  afterAll(() => {
    client.disconnect();
    redis.kill('SIGKILL');
  });

  cacheConformance({
    it: test,
    expect,
    async create() {
      await client.flushall();
      return redisCache({ client });
    },
  });
});

test('a connection that Node refuses is told by its code', async () => {
  const port = await freePort();
  const refused = () =>
    new Promise((_resolve, reject) => {
      connect(port, '127.0.0.1').on('error', reject);
    });
  const cache = redisCache({ sendCommand: refused });
  await expect(cache.read(['x'])).rejects.toThrow('ECONNREFUSED');
  await cache.close();
});

function freePort() {
  return new Promise((resolve) => {
    const holder = createServer().listen(0, '127.0.0.1', () => {
      const { port } = holder.address();
      holder.close(() => resolve(port));
    });
  });
}
