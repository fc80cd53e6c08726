import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
  type Socket,
} from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Agent, getGlobalDispatcher, MockAgent, Pool, type Dispatcher } from 'undici';
import { TransportFailure, type Transport, type UpstreamRequest } from '../../src/http/Transport.js';
import { createUndiciTransport, type UndiciTransportOptions } from '../../src/http/undiciTransport.js';
import { defaultTiming, type Timing } from '../../src/timing.js';

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  // A rejection that nobody handles is reported here, where the runner sees whose it was.
  await new Promise((resolve) => setImmediate(resolve));
});

const get: UpstreamRequest = {
  method: 'GET',
  path: '/api/v2/x?code=hunter2',
  headers: { authorization: 'Bearer hunter2' },
};

describe('an exchange', () => {
  it('asks for no content coding, and takes off one that was not asked for', async () => {
    const asked: unknown[] = [];
    const { transport } = await over((request, response) => {
      asked.push(request.headers['accept-encoding']);
      const body = gzipSync('{"a":1}');
      response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': body.length, 'X-Own': '1' });
      response.end(body);
    });
    const { body, headers } = await transport.send(get);
    expect([asked, body.toString(), headers['x-own']]).toEqual([['identity'], '{"a":1}', '1']);
    expect([headers['content-encoding'], headers['content-length']]).toEqual([undefined, undefined]);
  });

  it('with a content coding that nobody knows is handed on as it is, and says so', async () => {
    const { transport } = await over((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'zstd' }).end('?');
    });
    const { body, headers } = await transport.send(get);
    expect([body.toString(), headers['content-encoding']]).toEqual(['?', 'zstd']);
  });

  it('that would be too long once decoded fails for its size', async () => {
    const { transport } = await over((_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(Buffer.alloc(3_000_000)));
    });
    expect(await failureOf(transport.send(get))).toMatchObject({
      reason: 'too_large',
      message: expect.stringContaining('once decoded') as string,
    });
  });

  it('sends method, path, headers and body as given, and reads the answer to its end', async () => {
    let seen: IncomingMessage | undefined;
    let body = '';
    const { transport } = await over((request, response) => {
      seen = request;
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        response.writeHead(201, { 'Content-Type': 'application/json', 'Set-Cookie': ['a=1', 'b=2'] });
        response.write('{"a":');
        setTimeout(() => response.end('1}'), 20);
      });
    });
    const headers = { 'content-type': 'application/json', 'x-device-info': 'e30=' };
    const response = await transport.send({
      method: 'POST',
      path: '/o/client/register?x=1',
      headers,
      body: '{"é":1}',
    });
    expect(seen).toMatchObject({
      method: 'POST',
      url: '/o/client/register?x=1',
      httpVersion: '1.1',
      headers,
    });
    expect(seen?.headers['content-length']).toBe('8');
    expect(body).toBe('{"é":1}');
    expect(response).toMatchObject({ status: 201, requestedAt: 1_000_000 });
    expect(response.headers).toMatchObject({
      'content-type': 'application/json',
      'set-cookie': ['a=1', 'b=2'],
    });
    expect(response.body.toString()).toBe('{"a":1}');
  });

  it('sends no header that it was not given', async () => {
    let names: string[] = [];
    const { transport } = await over((request, response) => {
      names = Object.keys(request.headers);
      response.end();
    });
    await transport.send({ method: 'GET', path: '/api/v2/x', headers: {} });
    expect(names.toSorted()).toEqual(['accept-encoding', 'connection', 'host']);
  });

  it('takes every status for an answer and follows no redirect', async () => {
    let requests = 0;
    const { transport } = await over((request, response) => {
      requests += 1;
      response.writeHead(Number(request.url?.split('/').at(-1)), { location: '/elsewhere' }).end();
    });
    for (const status of [204, 302, 307, 401, 429, 500]) {
      const response = await transport.send({ method: 'GET', path: `/api/v2/${status}`, headers: {} });
      expect(response.status).toBe(status);
    }
    expect(requests).toBe(6);
  });

  it('waits for the answer behind an interim one', async () => {
    const { transport } = await over((_request, response) => {
      response.writeEarlyHints({ link: '</x>; rel=preload' });
      response.writeHead(200, { 'x-final': '1' }).end('done');
    });
    const response = await transport.send(get);
    expect(response).toMatchObject({ status: 200, headers: { 'x-final': '1' } });
    expect(response.body.toString()).toBe('done');
  });

  it('uses a connection again, and no global dispatcher', async () => {
    const sockets = new Set<Socket>();
    const { transport } = await over((request, response) => {
      sockets.add(request.socket);
      response.end('{}');
    });
    const spy = vi.spyOn(getGlobalDispatcher(), 'dispatch');
    for (let index = 0; index < 5; index += 1) {
      await transport.send(get);
      await connectionFree();
    }
    expect(sockets.size).toBe(1);
    expect(spy).not.toHaveBeenCalled();
    spy.mockRestore();
  });

  it('opens a new connection once the old one is 30 s old, so that a DNS change is followed', async () => {
    const sockets = new Set<Socket>();
    const { transport } = await over((request, response) => {
      sockets.add(request.socket);
      response.end('{}');
    });
    const clock = vi.spyOn(Date, 'now');
    try {
      const start = Date.now();
      await transport.send(get);
      await connectionFree();
      clock.mockReturnValue(start + 29_000);
      await transport.send(get);
      await connectionFree();
      expect(sockets.size).toBe(1);
      clock.mockReturnValue(start + 31_500);
      await transport.send(get);
      expect(sockets.size).toBe(2);
    } finally {
      clock.mockRestore();
    }
  });

  it('does not lose a request that waits while old connections are replaced', async () => {
    const { transport } = await over((_request, response) => setTimeout(() => response.end('{}'), 5), {
      concurrentExchanges: 2,
    });
    const clock = vi.spyOn(Date, 'now');
    try {
      let now = Date.now();
      for (let round = 0; round < 10; round += 1) {
        clock.mockReturnValue((now += 31_000));
        const answers = await Promise.all(Array.from({ length: 8 }, () => transport.send(get)));
        expect(answers.every(({ status }) => status === 200)).toBe(true);
      }
    } finally {
      clock.mockRestore();
    }
  });

  it('keeps no more of them on the wire than allowed', async () => {
    let running = 0;
    let most = 0;
    const { transport } = await over(
      (_request, response) => {
        most = Math.max(most, (running += 1));
        setTimeout(() => {
          running -= 1;
          response.end('{}');
        }, 10);
      },
      { concurrentExchanges: 3 },
    );
    await Promise.all(Array.from({ length: 20 }, () => transport.send(get)));
    expect(most).toBe(3);
  });
});

describe('the deadline', () => {
  const timeoutMs = 150;

  it('ends an exchange whose server never answers', async () => {
    const { transport } = await over(() => {}, { timeoutMs });
    const failure = await failureOf(transport.send(get));
    expect(failure).toMatchObject({ reason: 'timeout', mayBeProcessed: true });
  });

  it('ends a body that comes one byte at a time', async () => {
    let closed = false;
    const { transport } = await over(
      (_request, response) => {
        response.writeHead(200);
        const drip = setInterval(() => response.write('x'), 20);
        response.on('close', () => {
          clearInterval(drip);
          closed = true;
        });
      },
      { timeoutMs },
    );
    const started = performance.now();
    const failure = await failureOf(transport.send(get));
    expect(failure).toMatchObject({ reason: 'timeout', mayBeProcessed: true });
    expect(performance.now() - started).toBeLessThan(timeoutMs * 4);
    await vi.waitFor(() => expect(closed).toBe(true));
  });

  it('ends headers that come one at a time', async () => {
    const { port } = await tcp((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const drip = setInterval(() => socket.write('x: 1\r\n'), 20);
      socket.on('close', () => clearInterval(drip));
    });
    const failure = await failureOf(transportTo(port, { timeoutMs }).send(get));
    expect(failure).toMatchObject({ reason: 'timeout', mayBeProcessed: true });
  });

  it('does not depend on the injected clock, which may stand still', async () => {
    const { transport } = await over(() => {}, { timeoutMs, clock: { now: () => 0 } });
    expect(await failureOf(transport.send(get))).toMatchObject({ reason: 'timeout' });
  });

  it('ends a connection that is never made, and then knows that nothing was sent', async () => {
    // A TLS client that is never greeted.
    const { port } = await tcp(() => {});
    const transport = transportTo(port, { timeoutMs, baseUrl: new URL(`https://localhost:${port}`) });
    expect(await failureOf(transport.send(get))).toMatchObject({ reason: 'timeout', mayBeProcessed: false });
  });

  it('counts the wait for a place', async () => {
    const { transport } = await over(() => {}, { timeoutMs, concurrentExchanges: 1 });
    const started = performance.now();
    const failures = await Promise.all(Array.from({ length: 5 }, () => failureOf(transport.send(get))));
    expect(failures.map(({ reason }) => reason)).toEqual(Array.from({ length: 5 }, () => 'timeout'));
    expect(performance.now() - started).toBeLessThan(timeoutMs * 2.5);
  });

  it('never writes a request that was given up before it had its connection', async () => {
    let dispatched: Dispatcher.DispatchHandler | undefined;
    const dispatcher = {
      dispatch: (_options: unknown, handler: Dispatcher.DispatchHandler) => ((dispatched = handler), true),
    };
    const transport = transportTo(1, { timeoutMs: 20, dispatcher: dispatcher as unknown as Dispatcher });
    expect(await failureOf(transport.send(get))).toMatchObject({ reason: 'timeout', mayBeProcessed: false });
    const abort = vi.fn<(reason: Error) => void>();
    const controller = { abort, aborted: false, paused: false, reason: null, pause() {}, resume() {} };
    dispatched?.onRequestStart?.(controller, {});
    expect(abort).toHaveBeenCalledOnce();
  });
});

describe('a failure', () => {
  it('of the connection says that nothing was sent', async () => {
    const { port, server } = await tcp(() => {});
    server.close();
    await once(server, 'close');
    const failure = await failureOf(transportTo(port).send(get));
    expect(failure).toMatchObject({
      reason: 'connection',
      mayBeProcessed: false,
      message: `127.0.0.1:${port}: ECONNREFUSED`,
    });
  });

  it('of TLS says that nothing was sent', async () => {
    const { port } = await tcp((socket) => socket.end('HTTP/1.1 400 plain text\r\n\r\n'));
    const transport = transportTo(port, { baseUrl: new URL(`https://localhost:${port}`) });
    expect(await failureOf(transport.send(get))).toMatchObject({
      reason: 'connection',
      mayBeProcessed: false,
    });
  });

  it.each([
    ['closes the connection', (socket: Socket) => void socket.end()],
    ['resets the connection', (socket: Socket) => void socket.resetAndDestroy()],
    [
      'sends half an answer',
      (socket: Socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"hunter2'),
    ],
    ['sends no HTTP', (socket: Socket) => void socket.end('hunter2 hunter2 hunter2\r\n\r\n')],
    [
      'sends more headers than anybody reads',
      (socket: Socket) => void socket.end(`HTTP/1.1 200 OK\r\nx: ${'hunter2'.repeat(9_999)}\r\n\r\n`),
    ],
    [
      'switches protocols',
      (socket: Socket) =>
        void socket.write('HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
    ],
  ])('of a server that %s says that the request may have been processed', async (_, answer) => {
    const { port } = await tcp((socket) => socket.once('data', () => answer(socket)));
    const failure = await failureOf(transportTo(port).send(get));
    expect(failure.mayBeProcessed).toBe(true);
    expect(['connection', 'too_large']).toContain(failure.reason);
    expect(failure.message).toMatch(/^127\.0\.0\.1:\d+: \w+$/);
    expect(failure.cause).toBeUndefined();
    expect(failure.message).not.toContain('hunter2');
  });

  it('of size ends the exchange as soon as the bound is passed', async () => {
    const { transport } = await over(
      (_request, response) => {
        response.writeHead(200);
        const flood = setInterval(() => response.write('x'.repeat(1_000)), 1);
        response.on('close', () => clearInterval(flood));
      },
      { maxResponseBytes: 5_000 },
    );
    const failure = await failureOf(transport.send(get));
    expect(failure).toMatchObject({ reason: 'too_large', mayBeProcessed: true });
    expect(failure.message).toMatch(/: the answer is longer than 5000 bytes$/);
  });

  it('of size does not hit a body that is just as long as allowed', async () => {
    const { transport } = await over((_request, response) => response.end('x'.repeat(5_000)), {
      maxResponseBytes: 5_000,
    });
    expect((await transport.send(get)).body.length).toBe(5_000);
  });

  it('never quotes the header that could not be sent', async () => {
    const { transport } = await over((_request, response) => response.end());
    const failure = await failureOf(transport.send({ ...get, headers: { 'x-a': 'hunter2\r\nx-b: 1' } }));
    expect(failure).toMatchObject({ reason: 'connection', mayBeProcessed: false });
    expect(failure.message).not.toContain('hunter2');
  });
});

it('a request that fails before it is sent takes no place from the others', async () => {
  const { transport } = await over((_request, response) => response.end('{}'), {
    concurrentExchanges: 1,
    timeoutMs: 500,
  });
  for (let index = 0; index < 3; index += 1) {
    const failure = await failureOf(transport.send({ ...get, headers: { 'x-a': 'a\r\nb' } }));
    expect(failure.reason).toBe('connection');
  }
  expect((await transport.send(get)).status).toBe(200);
});

describe('close', () => {
  it('waits for what runs, sends nothing more, and may be called again', async () => {
    let requests = 0;
    const { transport } = await over((_request, response) => {
      requests += 1;
      setTimeout(() => response.end('late'), 50);
    });
    const running = transport.send(get);
    await vi.waitFor(() => expect(requests).toBe(1));
    const closing = transport.close();
    const refused = await failureOf(transport.send(get));
    expect(refused).toMatchObject({ reason: 'connection', mayBeProcessed: false });
    await closing;
    expect((await running).body.toString()).toBe('late');
    await transport.close();
    expect(requests).toBe(1);
  });

  it('turns away whoever waits for a place', async () => {
    let requests = 0;
    const { transport } = await over(
      (_request, response) => {
        requests += 1;
        setTimeout(() => response.end(), 50);
      },
      { concurrentExchanges: 1 },
    );
    const running = transport.send(get);
    const waiting = failureOf(transport.send(get));
    await vi.waitFor(() => expect(requests).toBe(1));
    await transport.close();
    expect((await running).status).toBe(200);
    expect(await waiting).toMatchObject({ mayBeProcessed: false });
    expect(requests).toBe(1);
  });

  it('makes nobody wait who comes too late', async () => {
    const { transport } = await over((_request, response) => setTimeout(() => response.end(), 50), {
      concurrentExchanges: 1,
    });
    let answered = false;
    const running = transport.send(get).then(() => (answered = true));
    const closing = transport.close();
    expect(await failureOf(transport.send(get))).toMatchObject({ mayBeProcessed: false });
    expect(answered).toBe(false);
    await Promise.all([running, closing]);
  });

  it('ends the connections of its own pool', async () => {
    const { transport, server } = await over((_request, response) => response.end());
    await transport.send(get);
    await transport.close();
    await vi.waitFor(async () => expect(await connections(server)).toBe(0));
  });

  it('leaves the dispatcher of the user open', async () => {
    const { port } = await http((_request, response) => response.end('{}'));
    const dispatcher = new Agent();
    cleanups.push(() => dispatcher.close());
    const transport = transportTo(port, { dispatcher });
    await transport.send(get);
    await transport.close();
    expect(dispatcher.closed).toBe(false);
    expect(await failureOf(transport.send(get))).toMatchObject({ mayBeProcessed: false });
  });

  it('waits for what runs over the dispatcher of the user', async () => {
    let requests = 0;
    const { port } = await http((_request, response) => {
      requests += 1;
      setTimeout(() => response.end('late'), 50);
    });
    const dispatcher = new Agent();
    cleanups.push(() => dispatcher.close());
    const transport = transportTo(port, { dispatcher });
    let answered = false;
    const running = transport.send(get).then(() => (answered = true));
    await vi.waitFor(() => expect(requests).toBe(1));
    await transport.close();
    expect(answered).toBe(true);
    await running;
  });
});

describe('a dispatcher of the user', () => {
  // What those of undici 6 do, and its RetryAgent.
  it.each<[string, (handler: Record<string, () => void>) => void]>([
    [
      'refuses',
      (handler) => {
        if (typeof handler['onError'] !== 'function')
          throw Object.assign(new Error('invalid onError method'), { code: 'UND_ERR_INVALID_ARG' });
      },
    ],
    ['calls what is not there', (handler) => (handler as Record<'onConnect', () => void>).onConnect()],
  ])('of another major version, which %s, is an option that is wrong, at once', async (_, dispatch) => {
    const dispatcher = {
      dispatch: (_options: unknown, handler: Record<string, () => void>) => dispatch(handler),
    };
    const sent = transportTo(1, { dispatcher: dispatcher as unknown as Dispatcher }).send(get);
    await expect(sent).rejects.toMatchObject({
      code: 'option_invalid',
      message: expect.stringMatching(/^dispatcher must be of undici 7/) as string,
    });
  });

  it('may be a MockAgent', async () => {
    const agent = new MockAgent();
    agent.disableNetConnect();
    cleanups.push(() => agent.close());
    agent
      .get('https://sp.auth.adobe.com')
      .intercept({ path: '/api/v2/x?code=hunter2', method: 'GET' })
      .reply(200, { a: 1 }, { headers: { 'content-type': 'application/json' } });
    const transport = transportTo(1, { baseUrl: new URL('https://sp.auth.adobe.com'), dispatcher: agent });
    const response = await transport.send(get);
    expect(JSON.parse(response.body.toString())).toEqual({ a: 1 });
    agent.assertNoPendingInterceptors();
    const failure = await failureOf(transport.send(get));
    expect(failure.reason).toBe('connection');
    expect(failure.message).not.toContain('hunter2');
  });

  it('may throw', async () => {
    const dispatcher = {
      dispatch() {
        throw new TypeError('hunter2');
      },
    };
    const failure = await failureOf(
      transportTo(7, { dispatcher: dispatcher as unknown as Dispatcher }).send(get),
    );
    expect(failure).toMatchObject({
      reason: 'connection',
      mayBeProcessed: false,
      message: '127.0.0.1:7: TypeError',
    });
  });

  it('may repeat a request by itself, and the answer is the last one alone', async () => {
    const { port } = await http((_request, response) => response.end('second'));
    const pool = new Pool(`http://127.0.0.1:${port}`);
    cleanups.push(() => pool.close());
    const dispatcher = pool.compose((dispatch) => (options, handler) => {
      const controller = { abort() {}, aborted: false, paused: false, reason: null, pause() {}, resume() {} };
      handler.onRequestStart?.(controller, {});
      handler.onResponseStart?.(controller, 500, {});
      handler.onResponseData?.(controller, Buffer.from('first'));
      return dispatch(options, handler);
    });
    const response = await transportTo(port, { dispatcher }).send(get);
    expect(response).toMatchObject({ status: 200 });
    expect(response.body.toString()).toBe('second');
  });
});

/** undici gives a connection free one turn of the event loop after the answer. */
async function connectionFree(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5));
}

async function http(listener: RequestListener): Promise<{ server: Server; port: number }> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });
  return { server, port: (server.address() as AddressInfo).port };
}

async function tcp(onSocket: (socket: Socket) => void): Promise<{ server: TcpServer; port: number }> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.resume();
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  });
  return { server, port: (server.address() as AddressInfo).port };
}

type TransportChanges = Partial<UndiciTransportOptions & Timing['upstream']>;

function transportTo(port: number, options: TransportChanges = {}): Transport {
  const baseUrl = new URL(`http://127.0.0.1:${port}`);
  const { concurrentExchanges, maxResponseBytes, ...others } = options;
  const { concurrentExchanges: exchanges, maxResponseBytes: bytes } = defaultTiming.upstream;
  const transport = createUndiciTransport({
    baseUrl,
    clock: { now: () => 1_000_000 },
    timeoutMs: defaultTiming.machine.upstreamTimeoutMs,
    timing: {
      ...defaultTiming.upstream,
      concurrentExchanges: concurrentExchanges ?? exchanges,
      maxResponseBytes: maxResponseBytes ?? bytes,
    },
    ...others,
  });
  cleanups.push(() => transport.close());
  return transport;
}

async function over(
  listener: (request: IncomingMessage, response: ServerResponse) => unknown,
  options: TransportChanges = {},
): Promise<{ transport: Transport; server: Server }> {
  const { server, port } = await http((request, response) => void listener(request, response));
  return { transport: transportTo(port, options), server };
}

async function failureOf(sent: Promise<unknown>): Promise<TransportFailure> {
  const outcome = await sent.then(
    () => new Error('an answer came'),
    (error: unknown) => error,
  );
  if (outcome instanceof TransportFailure) return outcome;
  throw new Error('no TransportFailure', { cause: outcome });
}

function connections(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}
