import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { needsRedis, startRedis, startTcpProxy, type RedisServer, type TcpProxy } from '@pass-dcr/redis-kit';

needsRedis(describe)('startTcpProxy', () => {
  let server: RedisServer;
  let proxy: TcpProxy;

  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => await server.stop());

  beforeEach(async () => {
    await server.command('FLUSHALL');
    proxy = await startTcpProxy(server);
    return async () => await proxy.stop();
  });

  /** A client that is connected, and sends nothing by itself. */
  async function clientOf(
    options: Pick<RedisOptions, 'commandTimeout' | 'retryStrategy'> = {},
  ): Promise<Redis> {
    const client = new Redis({
      host: proxy.host,
      port: proxy.port,
      enableReadyCheck: false,
      disableClientInfo: true,
      protocol: 2,
      retryStrategy: () => null,
      ...options,
    });
    client.on('error', () => {});
    onTestFinished(() => client.disconnect());
    await client.ping();
    return client;
  }

  async function socketOf(): Promise<Socket> {
    const socket = connect(proxy.port, proxy.host);
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    return socket;
  }

  const valueOf = async (key: string): Promise<unknown> => await server.command('GET', key);

  it('passes what is said, in both directions', async () => {
    const client = await clientOf();
    const value = 'x'.repeat(3_000_000);
    await client.set('key', value);
    expect(await client.get('key')).toBe(value);
    expect(proxy.bytes).toBeGreaterThan(6_000_000);
  });

  it('counts a round trip for each wait, and one for what is sent together', async () => {
    const client = await clientOf();
    const before = proxy.roundTrips;
    await client.get('key');
    expect(proxy.roundTrips - before).toBe(1);
    await client.get('key');
    expect(proxy.roundTrips - before).toBe(2);
    await client.pipeline().get('one').get('two').get('three').exec();
    expect(proxy.roundTrips - before).toBe(3);
    await Promise.all([client.get('one'), client.get('two')]);
    expect(proxy.roundTrips - before).toBe(4);
  });

  it('counts each connection', async () => {
    const first = await clientOf();
    const second = await clientOf();
    await first.get('key');
    await second.get('key');
    await second.get('key');
    expect(proxy.connections.map(({ roundTrips, requests }) => [roundTrips, requests])).toEqual([
      [2, 2],
      [3, 3],
    ]);
  });

  it('counts no new round trip for a request that comes in pieces, or before the last reply', async () => {
    const socket = await socketOf();
    socket.setNoDelay(true);
    await server.pause();
    socket.write('*2\r\n$3\r\nGET\r\n');
    await vi.waitFor(() => expect(proxy.roundTrips).toBe(1));
    socket.write('$3\r\nkey\r\n');
    await vi.waitFor(() => expect(proxy.connections[0]?.requests).toBe(1));
    socket.write('PING\r\n');
    await vi.waitFor(() => expect(proxy.connections[0]?.requests).toBe(2));
    await server.resume();
    await once(socket, 'data');
    expect(proxy.roundTrips).toBe(1);
  });

  it('holds every request as long as it is told', async () => {
    const client = await clientOf();
    proxy.delayMs = 150;
    const startedAt = performance.now();
    await client.get('key');
    await client.get('key');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(300);
  });

  it('keeps the order of requests when the delay becomes shorter', async () => {
    const client = await clientOf();
    proxy.delayMs = 100;
    const first = client.set('key', 'first');
    await vi.waitFor(() => expect(proxy.connections[0]?.requests).toBe(2));
    proxy.delayMs = 0;
    await client.set('key', 'second');
    await first;
    expect(await valueOf('key')).toBe('second');
  });

  it('is a black hole for connections old and new, until it heals: then what was sent arrives', async () => {
    const old = await clientOf();
    proxy.blackHole();
    const set = old.set('old', 'late');
    const socket = await socketOf();
    socket.write('SET new late\r\n');
    await delay(100);
    expect([await valueOf('old'), await valueOf('new')]).toEqual([null, null]);
    await proxy.heal();
    expect(await set).toBe('OK');
    expect(String((await once(socket, 'data'))[0])).toBe('+OK\r\n');
    expect([await valueOf('old'), await valueOf('new')]).toEqual(['late', 'late']);
  });

  it('does not let the end of a connection out of a black hole', async () => {
    const client = await clientOf();
    proxy.blackHole();
    client.disconnect();
    await once(client, 'end');
    await delay(50);
    expect(proxy.openConnections).toBe(1);
    await proxy.heal();
    await vi.waitFor(() => expect(proxy.openConnections).toBe(0));
  });

  it('ends the connections that a black hole has held up, where it is to', async () => {
    const held = await clientOf();
    const idle = await clientOf();
    proxy.blackHole();
    const set = held.set('key', 'lost').catch(String);
    await vi.waitFor(() => expect(proxy.connections[0]?.requests).toBe(2));
    await proxy.heal({ held: 'reset' });
    expect(await set).toContain('Connection is closed');
    expect(await idle.ping()).toBe('PONG');
    expect(await valueOf('key')).toBeNull();
  });

  it('is half open: requests are carried out, replies do not come', async () => {
    const client = await clientOf({ commandTimeout: 200 });
    proxy.halfOpen('replies');
    await expect(client.set('key', 'value')).rejects.toThrow('Command timed out');
    expect(await valueOf('key')).toBe('value');
  });

  it('is half open: requests do not arrive, messages of the server do', async () => {
    const client = await clientOf();
    await client.subscribe('news');
    const message = once(client, 'message');
    proxy.halfOpen('requests');
    const subscribed = client.subscribe('more');
    await server.command('PUBLISH', 'news', 'hello');
    expect(await message).toEqual(['news', 'hello']);
    expect(await server.command('PUBSUB', 'NUMSUB', 'more')).toEqual(['more', 0]);
    await proxy.heal();
    await subscribed;
  });

  it('cuts one reply: the request is carried out, its client hears of the end only', async () => {
    const client = await clientOf();
    const cut = proxy.cutReplyOnce();
    await expect(client.incr('count')).rejects.toThrow('Connection is closed');
    await cut;
    expect(await valueOf('count')).toBe('1');
    expect(await (await clientOf()).incr('count')).toBe(2);
  });

  it('cuts the reply to a certain command, and none before it', async () => {
    const client = await clientOf();
    const cut = proxy.cutReplyOnce({ command: 'incr' });
    expect(await client.ping()).toBe('PONG');
    const [get, incr, late] = await Promise.allSettled([
      client.get('key'),
      client.incr('count'),
      client.incr('count'),
    ]);
    await cut;
    expect([get.status, incr.status, late.status]).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(await valueOf('count')).toBe('2');
  });

  it('lets a client that repeats itself repeat what was carried out', async () => {
    const client = await clientOf({ retryStrategy: () => 1 });
    const cut = proxy.cutReplyOnce({ command: 'INCR' });
    expect(await client.incr('count')).toBe(2);
    await cut;
  });

  it('refuses, and comes back at its port', async () => {
    const client = await clientOf();
    const ended = once(client, 'end');
    await proxy.refuse();
    await ended;
    await expect(socketOf()).rejects.toThrow('ECONNREFUSED');
    await proxy.heal();
    expect(await (await clientOf()).ping()).toBe('PONG');
  });

  it('leads to another server, and ends the connections to the old one', async () => {
    const other = await startRedis();
    onTestFinished(async () => await other.stop());
    await other.command('SET', 'key', 'of the other');
    const client = await clientOf();
    const ended = once(client, 'end');
    proxy.switchTo(other);
    await ended;
    expect(await (await clientOf()).get('key')).toBe('of the other');
  });

  it('ends a connection whose server cannot be reached', async () => {
    const other = await startRedis();
    await other.stop();
    proxy.switchTo(other);
    const socket = await socketOf();
    await once(socket.resume(), 'close');
    await vi.waitFor(() => expect(proxy.openConnections).toBe(0));
  });

  it('undoes everything when it heals', async () => {
    proxy.delayMs = 60_000;
    proxy.halfOpen('replies');
    void proxy.cutReplyOnce();
    await proxy.heal();
    expect(await (await clientOf()).ping()).toBe('PONG');
  });
});
