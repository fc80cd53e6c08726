import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { RoundRobinProxy } from '../../demo/RoundRobinProxy.mjs';

let proxy: RoundRobinProxy;

beforeEach(async () => {
  proxy = new RoundRobinProxy();
  await proxy.listen();
  return async () => await proxy.close();
});

interface Upstream {
  readonly port: number;
  readonly requests: IncomingMessage[];
  stop(): void;
}

async function start(listener: RequestListener): Promise<Upstream> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    listener(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
  };
  onTestFinished(stop);
  return { port: (server.address() as AddressInfo).port, requests, stop };
}

const named = async (name: string): Promise<Upstream> =>
  await start((_request, response) => void response.end(name));

const get = async (headers: Record<string, string> = {}): Promise<string> =>
  await (await fetch(proxy.url, { headers })).text();

const post = async (): Promise<number> => (await fetch(proxy.url, { method: 'POST', body: 'body' })).status;

describe('RoundRobinProxy', () => {
  test('asks the servers in turn', async () => {
    const targets = await Promise.all(['a', 'b', 'c'].map(named));
    proxy.setTargets(targets);
    for (let n = 0; n < 6; n += 1) await get();
    expect(targets.map(({ requests }) => requests.length)).toEqual([2, 2, 2]);
  });

  test('passes method, path, body, headers and status', async () => {
    const target = await start((request, response) => {
      response.writeHead(418, { 'X-Answer': String(request.headers['x-question']) });
      request.pipe(response);
    });
    proxy.setTargets([target]);
    const response = await fetch(`${proxy.url}/path?query`, {
      method: 'POST',
      headers: { 'X-Question': 'why' },
      body: 'a body',
    });
    expect([response.status, response.headers.get('x-answer'), await response.text()]).toEqual([
      418,
      'why',
      'a body',
    ]);
    expect(target.requests[0]).toMatchObject({ method: 'POST', url: '/path?query' });
  });

  test.each([
    ['the address that the caller says it has', { 'x-forwarded-for': '203.0.113.7' }, '203.0.113.7'],
    ['the last of several', { 'x-forwarded-for': '198.51.100.1, 203.0.113.7' }, '203.0.113.7'],
    ['that of the connection where it says none', {}, '127.0.0.1'],
  ])('tells the server one address: %s', async (_what, headers, expected) => {
    const target = await named('a');
    proxy.setTargets([target]);
    await get(headers);
    expect(target.requests[0]?.headers['x-forwarded-for']).toBe(expected);
  });

  test('sends a request to the next server where one is gone, and leaves that out until it is told', async () => {
    const [gone, there] = await Promise.all(['gone', 'there'].map(named));
    const targets = [gone, there].filter((each) => each !== undefined);
    proxy.setTargets(targets);
    gone?.stop();
    for (let n = 0; n < 4; n += 1) expect(await get()).toBe('there');
    proxy.setTargets(targets);
    for (let n = 0; n < 2; n += 1) expect(await post()).toBe(200);
  });

  test('repeats a request that a server left unanswered, but only one that may be sent twice', async () => {
    const dying = await start((request) => void request.socket.destroy());
    const there = await named('there');
    proxy.setTargets([dying]);
    expect(await post()).toBe(502);
    proxy.setTargets([dying, there]);
    for (let n = 0; n < 2; n += 1) expect(await get()).toBe('there');
    expect(dying.requests.map(({ method }) => method)).toEqual(['POST', 'GET']);
  });

  test('says that it is not there where no server is', async () => {
    const response = await fetch(proxy.url);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
  });

  test('ends an answer that its server breaks off, and does not complete it', async () => {
    const target = await start((request, response) => {
      response.write('half');
      setImmediate(() => request.socket.destroy());
    });
    const other = await named('other');
    proxy.setTargets([other, target]);
    await expect(get()).rejects.toThrow('terminated');
    expect(other.requests).toEqual([]);
  });

  test('knows which server has requests to answer', async () => {
    const answers: (() => void)[] = [];
    const slow = await start((_request, response) => void answers.push(() => response.end()));
    proxy.setTargets([slow]);
    const asked = get();
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    expect(proxy.runningOn(slow)).toBe(1);
    answers[0]?.();
    await asked;
    await vi.waitFor(() => expect(proxy.runningOn(slow)).toBe(0));
  });

  test('takes no body without end', async () => {
    proxy.setTargets([await named('a')]);
    const response = await fetch(proxy.url, { method: 'POST', body: 'x'.repeat(70_000) });
    expect(response.status).toBe(413);
  });

  test('outlives a caller that hangs up', async () => {
    const target = await named('a');
    proxy.setTargets([target]);
    const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.end('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf');
    socket.destroy();
    expect(await get()).toBe('a');
  });
});
