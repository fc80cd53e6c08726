import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { deviceFromHeaders, passEventChannel, PassError, type Pass } from '@pass-dcr/core';
import { passOf, upstream } from '@pass-dcr/test-kit';
import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { getPass, passErrorHandler, passPlugin, type PassPluginOptions } from '../src/index.js';

const headers = { 'ap-device-identifier': `fingerprint ${Buffer.from('tv-1').toString('base64')}` };
const device = deviceFromHeaders();

function appOf(options?: FastifyServerOptions): FastifyInstance {
  const app = fastify(options);
  onTestFinished(async () => await app.close());
  return app;
}

describe('passPlugin', () => {
  it('gives every route of the application a client whose token is obtained once', async () => {
    const { simulator, pass } = await upstream();
    const app = appOf();
    app.register(passPlugin, { pass, device });
    app.get('/me', async (request) => await request.pass.profiles.all());
    app.register(async (films) => films.get('/', async (request) => await request.pass.profiles.all()), {
      prefix: '/films',
    });
    for (const url of ['/me', '/me', '/films'])
      expect((await app.inject({ url, headers })).json()).toEqual([]);
    const count = (endpoint: 'register' | 'token' | 'profiles') => simulator.ledger.count({ endpoint });
    expect([count('register'), count('token'), count('profiles')]).toEqual([1, 1, 3]);
  });

  it('serves also routes and scopes that were there before it', async () => {
    const { pass } = await upstream();
    const app = appOf();
    app.get('/early', async (request) => request.pass.device.identifier);
    app.register(async (scope) => scope.get('/scope', async (request) => request.pass.device.identifier));
    app.register(passPlugin, { pass, device });
    for (const url of ['/early', '/scope']) expect((await app.inject({ url, headers })).body).toBe('tv-1');
  });

  it('keeps to the scope in which it is registered, and those within', async () => {
    const { simulator, pass } = await upstream();
    const app = appOf();
    app.register(async (api) => {
      api.register(passPlugin, { pass, device });
      api.get('/in', async (request) => request.pass.device.identifier);
      api.register(async (within) =>
        within.get('/within', async (request) => getPass(request) === request.pass),
      );
    });
    const attached = (request: object): boolean => 'pass' in request;
    app.register(async (sibling) =>
      sibling.get('/sibling', async (request) => ({ attached: attached(request) })),
    );
    app.get('/out', async (request) => ({ attached: attached(request) }));
    for (const url of ['/sibling', '/out', '/nowhere']) {
      const answer = await app.inject({ url, headers });
      expect(answer.json()).toMatchObject(url === '/nowhere' ? { statusCode: 404 } : { attached: false });
    }
    expect(simulator.ledger.count()).toBe(0);
    expect((await app.inject({ url: '/in', headers })).body).toBe('tv-1');
    expect((await app.inject({ url: '/within', headers })).body).toBe('true');
  });

  it('sibling scopes may each have their own Pass and device', async () => {
    const { simulator, pass } = await upstream();
    const app = appOf();
    for (const [prefix, options] of [
      ['/a', { pass, device: () => ({ identifier: 'a' }) }],
      ['/b', { pass: passOf(simulator), device: () => ({ identifier: 'b' }) }],
    ] as const) {
      const scope = async (api: FastifyInstance): Promise<void> => {
        api.register(passPlugin, options);
        api.get('/', async (request) => request.pass.device.identifier);
      };
      app.register(scope, { prefix });
    }
    expect([(await app.inject('/a')).body, (await app.inject('/b')).body]).toEqual(['a', 'b']);
  });

  it('goes on at once where the token is in memory', async () => {
    const { pass } = await upstream();
    const order: string[] = [];
    const app = appOf();
    app.addHook('onRequest', (_request, _reply, done) => {
      queueMicrotask(() => order.push('microtask'));
      done();
    });
    app.register(passPlugin, { pass, device });
    app.get('/', (_request, reply) => {
      order.push('handler');
      reply.send();
    });
    await app.inject({ url: '/', headers });
    order.length = 0;
    await app.inject({ url: '/', headers });
    expect(order).toEqual(['handler', 'microtask']);
  });

  it('can rely on what hooks before it have set, and on the body of nobody', async () => {
    const { pass } = await upstream();
    const app = appOf();
    const known = new WeakMap<object, string>();
    app.addHook('onRequest', async (request) => void known.set(request, 'from the hook'));
    app.register(passPlugin, {
      pass,
      device: async (request) => ({ identifier: `${known.get(request)}, body ${typeof request.body}` }),
    });
    app.post('/', async (request) => [request.pass.device.identifier, request.body]);
    const answer = await app.inject({ method: 'POST', url: '/', payload: { film: 1 } });
    expect(answer.json()).toEqual(['from the hook, body undefined', { film: 1 }]);
  });

  it('serves HEAD, and a not-found handler, as it serves GET', async () => {
    const { pass } = await upstream();
    const app = appOf();
    app.setErrorHandler(passErrorHandler());
    app.register(passPlugin, { pass, device });
    app.get('/me', async (request) => await request.pass.profiles.all());
    app.setNotFoundHandler(async (request, reply) => reply.code(404).send(await request.pass.profiles.all()));
    const found = await app.inject({ method: 'HEAD', url: '/me', headers });
    expect([found.statusCode, found.headers['content-length'], found.body]).toEqual([200, '2', '']);
    const failed = await app.inject({ method: 'HEAD', url: '/me' });
    expect([failed.statusCode, failed.headers['content-type'], failed.body]).toEqual([
      400,
      'application/problem+json',
      '',
    ]);
    const missing = await app.inject({ url: '/nowhere', headers });
    expect([missing.statusCode, missing.json()]).toEqual([404, []]);
  });

  it('does not close the Pass with the server', async () => {
    const { pass } = await upstream();
    const app = appOf();
    app.register(passPlugin, { pass, device });
    await app.ready();
    await app.close();
    expect(await pass.client({ identifier: 'tv-1' }).profiles.all()).toEqual([]);
  });

  it('does not end what a handler does after its answer, over HTTP/2 and injected', async () => {
    const { pass } = await upstream();
    const later: Promise<unknown>[] = [];
    const appFor = async (app: FastifyInstance): Promise<FastifyInstance> => {
      onTestFinished(async () => await app.close());
      app.register(passPlugin, { pass, device: ({ id }) => ({ identifier: id }) });
      app.get('/', async (request, reply) => {
        later.push(once(reply.raw, 'close').then(async () => await request.pass.profiles.all()));
        return request.pass.device.address;
      });
      return app;
    };
    const http2 = await appFor(
      fastify({ http2: true, genReqId: () => 'over-http2' }) as unknown as FastifyInstance,
    );
    await http2.listen({ host: '127.0.0.1', port: 0 });
    expect(await textOverHttp2(http2)).toBe('127.0.0.1');
    const injected = await appFor(fastify({ genReqId: () => 'injected' }));
    expect((await injected.inject('/')).body).toBe('127.0.0.1');
    expect(await Promise.all(later)).toEqual([[], []]);
  });
});

async function textOverHttp2(app: FastifyInstance): Promise<string> {
  const session = connectHttp2(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`);
  try {
    let text = '';
    for await (const piece of session.request({ ':path': '/' }).setEncoding('utf8')) text += String(piece);
    return text;
  } finally {
    session.close();
  }
}

describe('what stops the server from starting', () => {
  const rows: readonly [string, (pass: Pass) => unknown, string, RegExp][] = [
    [
      'no options',
      () => undefined,
      'option_invalid',
      /pass must be what createPass\(\) returned, received undefined/,
    ],
    [
      'no pass',
      () => ({ device }),
      'option_invalid',
      /pass must be what createPass\(\) returned, received undefined/,
    ],
    [
      'the Pass in the place of the options',
      (pass) => pass,
      'option_invalid',
      /pass must be what createPass/,
    ],
    ['a pass of its own making', () => ({ pass: {}, device }), 'option_invalid', /received an object/],
    ['no device', (pass) => ({ pass }), 'option_invalid', /device must be a function/],
    ['an unknown option', (pass) => ({ pass, device, prefixed: 1 }), 'option_invalid', /prefixed/],
    [
      'a prefix',
      (pass) => ({ pass, device, prefix: '/api' }),
      'option_invalid',
      /no routes that "prefix" could apply to/,
    ],
    [
      'a log level',
      (pass) => ({ pass, device, logLevel: 'warn' }),
      'option_invalid',
      /no routes that "logLevel"/,
    ],
    ...[
      'id',
      'params',
      'raw',
      'query',
      'log',
      'body',
      'ip',
      'headers',
      'server',
      'signal',
      'constructor',
    ].map((as): [string, (pass: Pass) => unknown, string, RegExp] => [
      `the name ${as}`,
      (pass) => ({ pass, device, as }),
      'property_taken',
      new RegExp(`already has a property "${as}"`),
    ]),
  ];

  it.each(rows)('%s', async (_name, options, code, message) => {
    const { pass } = await upstream();
    const app = appOf();
    app.register(passPlugin, options(pass) as PassPluginOptions);
    const error = await errorOf(app);
    expect(error).toBeInstanceOf(PassError);
    expect([error?.code, error?.message]).toEqual([code, expect.stringMatching(message)]);
  });

  it('a decorator of somebody else, in this scope or around it', async () => {
    const { pass } = await upstream();
    const app = appOf();
    app.decorateRequest('pass', null as never);
    app.register(async (scope) => scope.register(passPlugin, { pass, device }));
    expect(await errorOf(app)).toMatchObject({ code: 'property_taken' });
  });

  it('another Pass under the same name, in this scope or around it', async () => {
    const { simulator, pass } = await upstream();
    for (const isNested of [false, true]) {
      const app = appOf();
      app.register(passPlugin, { pass, device });
      const second = async (scope: FastifyInstance): Promise<void> =>
        void scope.register(passPlugin, { pass: passOf(simulator), device });
      if (isNested) app.register(second);
      else await second(app);
      expect(await errorOf(app)).toMatchObject({ code: 'property_taken' });
    }
  });

  async function errorOf(app: FastifyInstance): Promise<PassError | undefined> {
    return await app.ready().then(
      () => undefined,
      (error: unknown) => error as PassError,
    );
  }
});

describe('registered more than once', () => {
  it('one Pass is registered once, and is eager where one of them is', async () => {
    const { simulator, pass } = await upstream();
    const app = appOf();
    const asked = vi.fn<PassPluginOptions['device']>(device);
    const registered = (authenticate: 'eager' | 'lazy'): PassPluginOptions => ({
      pass,
      authenticate,
      device: asked,
    });
    app.register(passPlugin, registered('lazy'));
    app.register(passPlugin, registered('lazy'));
    app.get('/lazy', async () => simulator.ledger.count({ endpoint: 'token' }));
    app.register(async (scope) => {
      scope.register(passPlugin, registered('eager'));
      scope.get('/eager', async () => simulator.ledger.count({ endpoint: 'token' }));
    });
    expect((await app.inject({ url: '/lazy', headers })).body).toBe('0');
    expect((await app.inject({ url: '/eager', headers })).body).toBe('1');
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it('one Pass with another device function, which nobody would ask, keeps the server from starting', async () => {
    const { pass } = await upstream();
    const app = appOf();
    app.register(passPlugin, { pass, device });
    app.register(async (scope) => {
      scope.register(passPlugin, { pass, device: () => undefined });
    });
    await expect(app.ready()).rejects.toMatchObject({ code: 'option_invalid' });
  });

  it('two names hold two instances', async () => {
    const { simulator, pass } = await upstream();
    const app = appOf();
    app.register(passPlugin, { pass, device });
    app.register(passPlugin, { pass: passOf(simulator), device, as: 'sports' });
    app.get('/', async (request) => [
      getPass(request) === request.pass,
      getPass(request, 'sports') === request.pass,
    ]);
    expect((await app.inject({ url: '/', headers })).json()).toEqual([true, false]);
  });

  it('another Pass that comes around a scope after it is property_taken there', async () => {
    const { simulator, pass } = await upstream();
    const app = appOf();
    app.setErrorHandler(passErrorHandler());
    app.register(async (scope) => {
      scope.register(passPlugin, { pass, device });
      scope.get('/within', async () => 'not reached');
    });
    app.register(passPlugin, { pass: passOf(simulator), device });
    const answer = await app.inject({ url: '/within', headers });
    expect([answer.statusCode, answer.json()]).toMatchObject([500, { code: 'property_taken' }]);
  });
});

describe('getPass', () => {
  it('says that no plugin serves the route', async () => {
    const app = appOf();
    app.setErrorHandler(passErrorHandler());
    app.get('/', async (request) => getPass(request).serviceProvider);
    expect((await app.inject('/')).json()).toMatchObject({ status: 500, code: 'middleware_missing' });
  });
});

describe('the address of the device', () => {
  it.each([
    [false, 0],
    ['loopback', 0],
    [(_address: string, hop: number) => hop < 3, 0],
    [true, 1],
    [() => true, 1],
    [['0.0.0.0/1', '128.0.0.0/1'], 1],
  ] as const)(
    'comes with a warning, once, where every proxy is trusted: %s',
    async (trustProxy, expected) => {
      const { pass } = await upstream();
      const warnings: unknown[] = [];
      const listen = (event: unknown): void => {
        if ((event as { code?: string }).code === 'trust_proxy_open') warnings.push(event);
      };
      channel(passEventChannel).subscribe(listen);
      onTestFinished(() => {
        channel(passEventChannel).unsubscribe(listen);
      });
      const app = appOf({ trustProxy: trustProxy as FastifyServerOptions['trustProxy'] & {} });
      app.register(passPlugin, { pass, device });
      app.get('/', async () => 'ok');
      await app.inject('/');
      await app.inject('/');
      expect(warnings).toHaveLength(expected);
    },
  );
});
