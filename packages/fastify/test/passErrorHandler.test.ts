import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect as connectHttp2, constants as http2Constants } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Writable } from 'node:stream';
import { createPass, deviceFromHeaders, memoryCache, PassError } from '@pass-dcr/core';
import { passOptions, upstream } from '@pass-dcr/test-kit';
import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { passErrorHandler, passPlugin } from '../src/index.js';

const headers = { 'ap-device-identifier': `fingerprint ${Buffer.from('tv-1').toString('base64')}` };
const device = deviceFromHeaders();

const busy = new PassError('registration_limited', 'too many', { retryAfterMs: 1_500 });
const refused = new PassError('upstream_refused', 'GET profiles: 403', {
  adobe: { status: 403, trace: 'trace-1' },
});

function appOf(options?: FastifyServerOptions): FastifyInstance {
  const app = fastify(options);
  onTestFinished(async () => await app.close());
  return app;
}

/** A route for each error, by its message. */
function failing(app: FastifyInstance, ...errors: readonly PassError[]): FastifyInstance {
  for (const error of errors)
    app.get(`/${error.code}`, async () => {
      throw error;
    });
  return app;
}

function logger(): { lines: Record<string, unknown>[]; options: { logger: { stream: Writable } } } {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write(line: Buffer, _encoding, done) {
      lines.push(JSON.parse(line.toString()) as Record<string, unknown>);
      done();
    },
  });
  return { lines, options: { logger: { stream } } };
}

describe('passErrorHandler', () => {
  it('answers a problem, whatever the route says of its responses', async () => {
    const app = appOf();
    app.setErrorHandler(passErrorHandler());
    app.addHook('preSerialization', async (_request, _reply, payload) => ({ wrapped: payload }));
    const schema = { response: { default: { type: 'object', properties: { only: { type: 'string' } } } } };
    app.get('/', { schema }, async () => {
      throw busy;
    });
    const answer = await app.inject('/');
    expect([answer.statusCode, answer.headers['content-type'], answer.headers['retry-after']]).toEqual([
      503,
      'application/problem+json',
      '2',
    ]);
    expect(answer.json()).toMatchObject({ status: 503, code: 'registration_limited', retryAfterMs: 1_500 });
  });

  it('logs what it answers, the faults of the server as errors', async () => {
    const { lines, options } = logger();
    const app = failing(appOf(options), refused, new PassError('device_missing', 'no device'));
    app.setErrorHandler(passErrorHandler());
    const answers = [await app.inject('/upstream_refused'), await app.inject('/device_missing')];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([502, 400]);
    expect(answers[0]?.body).not.toMatch(/403|trace-1|GET profiles/);
    expect(lines.filter(({ err }) => err !== undefined)).toMatchObject([
      {
        level: 50,
        err: { type: 'PassError', code: 'upstream_refused', adobe: { status: 403, trace: 'trace-1' } },
      },
      { level: 30, err: { type: 'PassError', code: 'device_missing' } },
    ]);
  });

  it('hands other errors to the handler of the scope around, and at last to Fastify', async () => {
    const app = appOf();
    app.setErrorHandler((error, _request, reply) => {
      if ((error as Error).message === 'ours') return reply.code(418).send('ours');
      return reply.send(error);
    });
    app.register(async (scope) => {
      scope.setErrorHandler(passErrorHandler());
      scope.get('/ours', async () => {
        throw new Error('ours');
      });
      scope.get('/other', async () => {
        throw Object.assign(new Error('no such film'), { statusCode: 404 });
      });
    });
    expect((await app.inject('/ours')).statusCode).toBe(418);
    const other = await app.inject('/other');
    expect([other.statusCode, other.json()]).toMatchObject([404, { message: 'no such film' }]);
  });

  it.each([null, 'words', { film: 1 }])('%s that is thrown is no success', async (reason) => {
    const app = appOf();
    app.setErrorHandler(passErrorHandler());
    app.get('/', () => AbortSignal.abort(reason).throwIfAborted());
    expect((await app.inject('/')).statusCode).toBe(500);
  });

  it('tells onError of each PassError with its request, and of nothing else', async () => {
    const told: unknown[] = [];
    const app = failing(appOf(), busy, refused);
    app.setErrorHandler(passErrorHandler({ onError: (error, { url }) => told.push([url, error.code]) }));
    app.get('/bug', async () => Promise.reject(new TypeError('a bug')));
    for (const path of ['/registration_limited', '/bug', '/upstream_refused']) await app.inject(path);
    expect(told).toEqual([
      ['/registration_limited', 'registration_limited'],
      ['/upstream_refused', 'upstream_refused'],
    ]);
  });

  it('that was given without being made answers with an error, not with success', async () => {
    const app = failing(appOf(), busy);
    app.setErrorHandler(passErrorHandler as never);
    expect((await app.inject('/registration_limited')).statusCode).toBe(500);
  });

  it('logs an error of the cache without the address and the password that its driver has told', async () => {
    const { lines, options } = logger();
    const { simulator } = await upstream();
    const broken = {
      ...memoryCache(),
      read: () => Promise.reject(new Error('redis://user:sesame@host lost')),
    };
    const pass = createPass({ ...passOptions(simulator), cache: broken, strict: true });
    const app = appOf(options);
    app.setErrorHandler(passErrorHandler());
    await app.register(passPlugin, { pass, device });
    app.get('/', async (request) => await request.pass.profiles.all());
    expect((await app.inject({ url: '/', headers })).statusCode).toBe(503);
    expect(lines.some(({ err }) => (err as PassError | undefined)?.code === 'cache_unavailable')).toBe(true);
    expect(JSON.stringify(lines)).not.toContain('sesame');
    await pass.close();
  });

  it('may be called by a handler of your own, and answers once', async () => {
    const { lines, options } = logger();
    const app = failing(appOf(options), busy);
    app.addHook('onSend', async () => await sleep(5));
    app.setErrorHandler(async (error, request, reply) => {
      await sleep(1);
      return passErrorHandler()(error, request, reply);
    });
    expect((await app.inject('/registration_limited')).json()).toMatchObject({
      code: 'registration_limited',
    });
    await sleep(20);
    expect(lines.filter(({ level }) => level !== 30)).toMatchObject([
      { level: 50, err: { code: busy.code } },
    ]);
  });

  it('cuts off an answer that has begun', async () => {
    const { lines, options } = logger();
    const app = appOf(options);
    app.setErrorHandler(passErrorHandler());
    app.get('/', async (_request, reply) => {
      reply.raw.writeHead(200).write('begun');
      throw busy;
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    const answer = await fetch(app.listeningOrigin);
    await expect(answer.text()).rejects.toThrow('terminated');
    expect(lines.filter(({ level }) => level !== 30)).toMatchObject([
      { level: 50, err: { code: busy.code } },
    ]);
  });

  it('answers nobody whose client hung up, and does not call it an error of the server', async () => {
    const { simulator, pass } = await upstream();
    simulator.fault({ endpoint: 'register', effect: { delayMs: 200 } });
    const { lines, options } = logger();
    const app = appOf(options);
    const sent = vi.fn<() => void>();
    app.addHook('onSend', async () => sent());
    app.setErrorHandler(passErrorHandler());
    app.register(passPlugin, { pass, device });
    app.get('/', async () => 'not reached');
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const impatient = httpRequest({ port, host: '127.0.0.1', headers, agent: false }).end();
    const hungUp = once(impatient, 'error');
    await vi.waitFor(() => expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1));
    impatient.destroy();
    await hungUp;
    await vi.waitFor(() =>
      expect(lines).toContainEqual(expect.objectContaining({ msg: 'The client hung up while it waited.' })),
    );
    expect(lines.filter(({ level }) => level !== 30)).toEqual([]);
    expect(sent).not.toHaveBeenCalled();
  });

  it('answers nobody whose client hung up over HTTP/2', async () => {
    const { simulator, pass } = await upstream();
    simulator.fault({ endpoint: 'register', effect: { delayMs: 200 } });
    const { lines, options } = logger();
    const app = fastify({ ...options, http2: true });
    onTestFinished(async () => await app.close());
    app.setErrorHandler(passErrorHandler());
    app.register(passPlugin, { pass, device });
    app.get('/', async () => 'not reached');
    await app.listen({ host: '127.0.0.1', port: 0 });
    const session = connectHttp2(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`);
    onTestFinished(() => session.close());
    const impatient = session.request({ ':path': '/', ...headers });
    await vi.waitFor(() => expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1));
    impatient.close(http2Constants.NGHTTP2_CANCEL);
    await vi.waitFor(() =>
      expect(lines).toContainEqual(expect.objectContaining({ msg: 'The client hung up while it waited.' })),
    );
    expect(lines.filter(({ level }) => level !== 30)).toEqual([]);
  });
});

describe('without passErrorHandler', () => {
  it('Fastify answers with the status of the error, and when to come back', async () => {
    const answer = await failing(appOf(), busy).inject('/registration_limited');
    expect([answer.statusCode, answer.headers['retry-after'], answer.json()]).toMatchObject([
      503,
      '2',
      { statusCode: 503, code: 'registration_limited' },
    ]);
  });

  it('a handler of your own finds statusCode', async () => {
    const app = failing(appOf(), busy);
    app.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) =>
      reply.code(error.statusCode ?? 500).send('sorry'),
    );
    expect((await app.inject('/registration_limited')).statusCode).toBe(503);
  });

  it('a request that Fastify has answered for its time was answered once, and its handler does not run', async () => {
    const { simulator, pass } = await upstream();
    simulator.fault({ endpoint: 'register', effect: { delayMs: 200 } });
    const handled = vi.fn<() => void>();
    const app = appOf({ handlerTimeout: 50 });
    app.register(passPlugin, { pass, device });
    app.get('/', async () => handled());
    expect((await app.inject({ url: '/', headers })).json()).toMatchObject({
      code: 'FST_ERR_HANDLER_TIMEOUT',
    });
    await pass.authenticate({ identifier: 'tv-1' });
    await sleep(10);
    expect(handled).not.toHaveBeenCalled();
  });
});
