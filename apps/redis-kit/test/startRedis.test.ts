import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { needsRedis, startRedis, type RedisOptions, type RedisServer } from '@pass-dcr/redis-kit';

async function start(options?: RedisOptions): Promise<RedisServer> {
  const server = await startRedis(options);
  onTestFinished(async () => await server.stop());
  return server;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pass-dcr-kit-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function clientOf(url: string): Redis {
  const client = new Redis(url, { enableReadyCheck: false, retryStrategy: () => null });
  client.on('error', () => {});
  onTestFinished(() => client.disconnect());
  return client;
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

needsRedis(describe)('startRedis', () => {
  it('starts a server that saves nothing, for this host alone', async () => {
    const server = await start();
    expect(await clientOf(server.url).ping()).toBe('PONG');
    expect(server.port).toBeGreaterThanOrEqual(10_000);
    for (const [directive, value] of [
      ['bind', '127.0.0.1'],
      ['protected-mode', 'yes'],
      ['save', ''],
      ['appendonly', 'no'],
    ] as const)
      expect(await server.command('CONFIG', 'GET', directive)).toEqual([directive, value]);
  });

  it('starts twelve at once, each with a port of its own', async () => {
    const servers = await Promise.all(Array.from({ length: 12 }, async () => await start()));
    expect(new Set(servers.map(({ port }) => port)).size).toBe(12);
    for (const server of servers)
      expect((await server.info('server'))['process_id']).toBe(String(server.pid));
  });

  it('takes no other port than the one that was asked for, and says that it is taken', async () => {
    const { port } = await start();
    await expect(startRedis({ port })).rejects.toThrow('Address already in use');
  });

  it('says what the server says of a configuration that it does not take', async () => {
    await expect(startRedis({ config: { maxmemory: 'much' } })).rejects.toThrow(
      /argument must be a memory value/,
    );
    const refused = startRedis({ config: { requirepass: 'two words' } }).catch(String);
    expect(await refused).toContain('wrong number of arguments');
    expect(await refused).not.toContain('two words');
    await expect(startRedis({ config: { maxmemory: '1mb\nuser default off' } })).rejects.toThrow(
      'The directive "maxmemory" must not contain a line break.',
    );
  });

  it('is the master of its server whatever the users of it may', async () => {
    const server = await start({
      config: { user: ['default off', 'app on >secret-of-app ~tv:* +get +set'], maxmemory: '4mb' },
    });
    await expect(clientOf(server.url).get('tv:1')).rejects.toThrow('NOAUTH');
    const app = clientOf(`redis://app:secret-of-app@${server.host}:${server.port}`);
    await expect(app.set('tv:1', 'x')).resolves.toBe('OK');
    await expect(app.set('other', 'x')).rejects.toThrow('NOPERM');
    expect(await server.command('GET', 'tv:1')).toBe('x');
    expect((await server.info('memory'))['maxmemory']).toBe('4194304');
  });

  it('keeps its data over kill() and restart() with appendOnly', async () => {
    const server = await start({ appendOnly: true });
    const { pid, port } = server;
    await server.command('SET', 'key', 'value');
    await server.kill();
    expect(isRunning(pid)).toBe(false);
    await expect(server.command('PING')).rejects.toThrow(`The server at port ${port} does not run`);
    await server.restart();
    expect(server.pid).not.toBe(pid);
    expect(server.port).toBe(port);
    expect(await server.command('GET', 'key')).toBe('value');
    await server.restart();
    expect(await server.command('GET', 'key')).toBe('value');
  });

  it('loses its data by kill() without appendOnly', async () => {
    const server = await start();
    await server.command('SET', 'key', 'value');
    await server.kill();
    await server.restart();
    expect(await server.command('GET', 'key')).toBeNull();
  });

  it('removes its own folder, and comes back empty', async () => {
    const server = await start({ appendOnly: true });
    await server.command('SET', 'key', 'value');
    await server.stop();
    expect(existsSync(server.dir)).toBe(false);
    await server.restart();
    expect(await server.command('GET', 'key')).toBeNull();
  });

  it('keeps the folder that it was given', async () => {
    const dir = join(temporaryFolder(), 'of its own');
    const first = await start({ dir, appendOnly: true });
    await first.command('SET', 'key', 'value');
    await first.stop();
    const second = await start({ dir, appendOnly: true });
    expect(await second.command('GET', 'key')).toBe('value');
  });

  it('answers nothing while it is paused, and what was asked afterwards', async () => {
    const server = await start();
    const client = clientOf(server.url);
    await client.ping();
    await server.pause();
    let isAnswered = false;
    const asked = client.set('key', 'value').then(() => (isAnswered = true));
    const socket = connect(server.port, server.host);
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.destroy();
    await delay(100);
    expect(isAnswered).toBe(false);
    await server.resume();
    await asked;
    expect(await server.command('GET', 'key')).toBe('value');
  });

  it('can be stopped while it is paused', async () => {
    const server = await start();
    const { pid } = server;
    await server.pause();
    await server.stop();
    expect(isRunning(pid)).toBe(false);
    expect(server.log).toContain('ready to exit');
  });

  it('starts a replica that has the data of its primary, and can be cut off and promoted', async () => {
    const primary = await start({ config: { requirepass: 'of-the-primary' } });
    const fill = "for i = 1, 200000 do redis.call('SET', 'key:' .. i, i) end";
    await primary.command('EVAL', fill, 0);
    const replica = await start({ replicaOf: primary });
    expect(await replica.command('DBSIZE')).toBe(200_000);
    expect((await replica.info('replication'))['role']).toBe('slave');
    expect(await primary.command('WAIT', 1, 5_000)).toBe(1);
    await replica.command('REPLICAOF', 'NO', 'ONE');
    expect((await replica.info('replication'))['role']).toBe('master');
  });
});
