import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { channel } from 'node:diagnostics_channel';
import { deviceFromHeaders, passEventChannel, PassError, type Pass } from '@pass-dcr/core';
import express from 'express';
import express4 from 'express4';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { getPass, passErrorHandler, passMiddleware, type PassMiddlewareOptions } from '../src/index.js';
import { ask, passOf, serve, upstream } from './serve.js';

const tv = { 'ap-device-identifier': `fingerprint ${Buffer.from('tv-1').toString('base64')}` };

const versions = [
  ['Express 5', express],
  ['Express 4', express4],
] as const;

describe.each(versions)('%s', (_name, framework) => {
  /** A service behind one proxy on the same host, with the routes that the tests need. */
  const appWith = (
    pass: Pass,
    options: Partial<PassMiddlewareOptions> = {},
    trustProxy: boolean | string = 'loopback',
  ) => {
    const app = framework();
    app.set('trust proxy', trustProxy);
    app.get('/healthz', (_req, res) => void res.send('ok'));
    app.use(passMiddleware(pass, { device: deviceFromHeaders(), ...options }));
    app.get('/me', (req, res, next) => {
      req.pass.profiles.all().then((profiles) => res.json(profiles), next);
    });
    app.get('/providers', (req, res, next) => {
      req.pass.configuration().then(({ mvpds }) => res.json(mvpds.map(({ id }) => id)), next);
    });
    app.get('/plain', (_req, res) => void res.send('plain'));
    app.use(passErrorHandler());
    return app;
  };

  it('gives the handler a client whose token is obtained once', async () => {
    const { simulator, pass } = await upstream();
    const served = await serve(appWith(pass));
    for (let n = 0; n < 3; n += 1)
      expect(await ask(served, '/me', { headers: tv })).toMatchObject({ status: 200, json: [] });
    const count = (endpoint: 'register' | 'token' | 'profiles') => simulator.ledger.count({ endpoint });
    expect([count('register'), count('token'), count('profiles')]).toEqual([1, 1, 3]);
    expect(simulator.ledger.entries({ endpoint: 'profiles' }).map(({ device }) => device)).toEqual([
      'tv-1',
      'tv-1',
      'tv-1',
    ]);
  });

  it('eager: authenticates before the handler, also where the handler needs nothing', async () => {
    const { simulator, pass } = await upstream();
    expect(await ask(await serve(appWith(pass)), '/plain', { headers: tv })).toMatchObject({
      status: 200,
      text: 'plain',
    });
    expect(simulator.ledger.count({ endpoint: 'token' })).toBe(1);
  });

  it('lazy: authenticates when the handler needs it', async () => {
    const { simulator, pass } = await upstream();
    const served = await serve(appWith(pass, { authenticate: 'lazy' }));
    await ask(served, '/plain', { headers: tv });
    expect(simulator.ledger.count()).toBe(0);
    expect(await ask(served, '/me', { headers: tv })).toMatchObject({ status: 200 });
    expect(simulator.ledger.count({ endpoint: 'token' })).toBe(1);
  });

  it('without a device lets routes run that need none, and answers 400 to others', async () => {
    const { simulator, pass } = await upstream();
    const served = await serve(appWith(pass));
    expect(await ask(served, '/plain')).toMatchObject({ status: 200 });
    expect(await ask(served, '/me')).toMatchObject({
      status: 400,
      json: { code: 'device_missing', status: 400, type: expect.stringContaining('#device_missing') },
    });
    expect(simulator.ledger.count()).toBe(0);
  });

  it('never authenticates OPTIONS, and serves HEAD as GET', async () => {
    const { simulator, pass } = await upstream();
    const served = await serve(appWith(pass));
    expect(await ask(served, '/me', { method: 'OPTIONS', headers: tv })).toMatchObject({ status: 200 });
    expect(simulator.ledger.count()).toBe(0);
    expect(await ask(served, '/me', { method: 'HEAD', headers: tv })).toMatchObject({
      status: 200,
      text: '',
    });
    expect(simulator.ledger.count({ endpoint: 'profiles' })).toBe(1);
    const failed = await ask(served, '/me', { method: 'HEAD' });
    expect(failed).toMatchObject({ status: 400, text: '' });
    expect(failed.headers['content-type']).toBe('application/problem+json');
  });

  it('leaves routes before it and unknown routes after it as they are', async () => {
    const { simulator, pass } = await upstream();
    const served = await serve(appWith(pass));
    expect(await ask(served, '/healthz', { headers: tv })).toMatchObject({ status: 200, text: 'ok' });
    expect(simulator.ledger.count()).toBe(0);
    expect(await ask(served, '/nowhere')).toMatchObject({ status: 404 });
    expect(await ask(served, '/nowhere', { headers: tv })).toMatchObject({ status: 404 });
  });

  it('hands a failed authentication to the error handler, not to the route', async () => {
    const { simulator, pass } = await upstream();
    simulator.fault({ endpoint: 'register', effect: { error: 'invalid_software_statement' } });
    const answer = await ask(await serve(appWith(pass)), '/plain', { headers: tv });
    expect(answer).toMatchObject({ status: 500, json: { code: 'software_statement_rejected' } });
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.json).not.toHaveProperty('detail');
  });

  it("answers with this server's status where Adobe Pass answers 401 for good", async () => {
    const { simulator, pass } = await upstream();
    simulator.fault({
      endpoint: 'profiles',
      count: Infinity,
      effect: { error: 'invalid_access_token_service_provider' },
    });
    const answer = await ask(await serve(appWith(pass)), '/me', { headers: tv });
    expect(answer).toMatchObject({ status: 500, json: { code: 'application_not_accepted' } });
    expect(simulator.ledger.count({ endpoint: 'profiles' })).toBe(2);
  });

  it('says when to come back', async () => {
    const { pass } = await upstream();
    const app = framework();
    app.use(passMiddleware(pass, { device: () => undefined }));
    app.get('/busy', () => {
      throw new PassError('registration_limited', 'too many', { retryAfterMs: 1_500 });
    });
    app.use(passErrorHandler());
    const answer = await ask(await serve(app), '/busy');
    expect(answer).toMatchObject({ status: 503, json: { retryAfterMs: 1_500 } });
    expect(answer.headers['retry-after']).toBe('2');
  });

  it('leaves errors of others to other handlers', async () => {
    const { pass } = await upstream();
    const app = appWith(pass, {
      device: () => {
        throw Object.assign(new Error('forged'), { status: 401 });
      },
    });
    app.use(((error: Error & { status: number }, _req, res, _next) => {
      res.status(error.status).send(error.message);
    }) satisfies express.ErrorRequestHandler);
    expect(await ask(await serve(app), '/plain')).toMatchObject({ status: 401, text: 'forged' });
  });

  it.each([null, 'route', 'router'])('takes a rejection with %s for an error', async (reason) => {
    const { pass } = await upstream();
    const device = async (): Promise<undefined> => {
      AbortSignal.abort(reason).throwIfAborted();
    };
    const app = appWith(pass, { device });
    app.use(((_error, _req, res, _next) => {
      res.status(500).send('failed');
    }) satisfies express.ErrorRequestHandler);
    expect(await ask(await serve(app), '/plain')).toMatchObject({ status: 500, text: 'failed' });
  });

  it('mounted twice, is mounted once', async () => {
    const { simulator, pass } = await upstream();
    const app = framework();
    const middleware = passMiddleware(pass, { device: deviceFromHeaders() });
    const seen = new Set<unknown>();
    app.use(middleware, (req, _res, next) => {
      seen.add(req.pass);
      next();
    });
    app.use('/me', middleware, (req, res) => {
      seen.add(req.pass);
      res.send(String(seen.size));
    });
    expect(await ask(await serve(app), '/me', { headers: tv })).toMatchObject({ text: '1' });
    expect(simulator.ledger.count()).toBe(2);
  });

  it('two instances need two names', async () => {
    const { simulator, pass } = await upstream();
    const other = passOf(simulator);
    onTestFinished(async () => await other.close());
    const device = deviceFromHeaders();
    const clash = appWith(pass);
    clash.use(passMiddleware(other, { device }));
    clash.use(passErrorHandler());
    expect(await ask(await serve(clash), '/late', { headers: tv })).toMatchObject({
      status: 500,
      json: { code: 'property_taken' },
    });

    const app = framework();
    app.use(passMiddleware(pass, { device }), passMiddleware(other, { device, as: 'sports' }));
    app.get('/both', (req, res) => {
      res.json([getPass(req) === req.pass, getPass(req, 'sports') === req.pass]);
    });
    expect(await ask(await serve(app), '/both', { headers: tv })).toMatchObject({ json: [true, false] });
  });

  it('getPass says that the middleware did not run', async () => {
    const app = framework();
    app.get('/me', (req, res) => void res.json(getPass(req).serviceProvider));
    app.use(passErrorHandler());
    expect(await ask(await serve(app), '/me')).toMatchObject({
      status: 500,
      json: { code: 'middleware_missing' },
    });
  });

  it('a client that hangs up ends its own wait only', async () => {
    const { simulator, pass } = await upstream();
    simulator.fault({ endpoint: 'register', effect: { delayMs: 300 } });
    const errors: unknown[] = [];
    const unanswered: unknown[] = [];
    const app = framework();
    app.use(passMiddleware(pass, { device: deviceFromHeaders() }));
    app.get('/plain', (_req, res) => void res.send('plain'));
    app.use(((error, _req, _res, next) => {
      errors.push(error);
      next(error);
    }) satisfies express.ErrorRequestHandler);
    app.use(passErrorHandler());
    app.use(((error, _req, _res, _next) => {
      unanswered.push(error);
    }) satisfies express.ErrorRequestHandler);
    const served = await serve(app);
    const impatient = httpRequest({
      port: served.port,
      host: '127.0.0.1',
      path: '/plain',
      headers: tv,
      agent: false,
    }).end();
    const hungUp = once(impatient, 'error');
    await vi.waitFor(() => expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1));
    const patient = ask(served, '/plain', { headers: tv });
    impatient.destroy();
    await hungUp;
    await vi.waitFor(() => expect(errors).toMatchObject([{ name: 'AbortError' }]));
    expect(await patient).toMatchObject({ status: 200 });
    expect(unanswered).toEqual([]);
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1);
  });

  it('does not read the body', async () => {
    const { pass } = await upstream();
    const app = framework();
    app.use(passMiddleware(pass, { device: deviceFromHeaders() }));
    app.post('/echo', (req, res) => void req.pipe(res));
    const body = 'x'.repeat(300_000);
    const answer = await ask(await serve(app), '/echo', { method: 'POST', headers: tv, body });
    expect(answer.text).toBe(body);
  });

  it('completes the device from the request', async () => {
    const { pass } = await upstream();
    const app = framework();
    app.use(passMiddleware(pass, { device: () => ({ identifier: 'tv-1' }), authenticate: 'lazy' }));
    app.get('/device', (req, res) => {
      res.json([req.pass.device, req.socket.remotePort]);
    });
    const { json } = await ask(await serve(app), '/device', { headers: { 'user-agent': 'TV/1' } });
    const [device, port] = json as [unknown, number];
    expect(device).toEqual({ identifier: 'tv-1', address: '127.0.0.1', port, userAgent: 'TV/1' });
  });

  describe('the address of the device', () => {
    const spoofed = { ...tv, 'x-forwarded-for': '198.51.100.9, 203.0.113.7' };
    const info = Buffer.from(JSON.stringify({ model: 'A' })).toString('base64');

    it('goes with every upstream call where the proxy is trusted', async () => {
      const { simulator, pass } = await upstream();
      const served = await serve(appWith(pass));
      await ask(served, '/me', { headers: { ...spoofed, 'x-device-info': info } });
      await ask(served, '/providers', { headers: spoofed });
      expect(
        simulator.ledger.entries().map(({ endpoint, forwardedFor }) => [endpoint, forwardedFor]),
      ).toEqual([
        ['register', '203.0.113.7'],
        ['token', '203.0.113.7'],
        ['profiles', '203.0.113.7'],
        ['configuration', '203.0.113.7'],
      ]);
      const [profiles] = simulator.ledger.entries({ endpoint: 'profiles' });
      expect(profiles?.deviceInfo).toEqual({ model: 'A', connectionIp: '203.0.113.7' });
    });

    it('is known also when the connection has ended, for what a handler does after its response', async () => {
      const { simulator, pass } = await upstream();
      const app = framework();
      app.set('trust proxy', 'loopback');
      app.use(
        passMiddleware(pass, {
          device: () => ({ identifier: 'tv-1' }),
          authenticate: 'lazy',
        }),
      );
      const { promise, resolve, reject } = deferred<unknown>();
      app.get('/later', (req, res) => {
        req.socket.once('close', () => {
          setImmediate(() => void req.pass.profiles.all().then(resolve, reject));
        });
        res.send('later');
      });
      await ask(await serve(app), '/later', { headers: { ...spoofed, connection: 'close' } });
      expect(await promise).toEqual([]);
      expect(simulator.ledger.entries().map(({ forwardedFor }) => forwardedFor)).toEqual(
        Array.from({ length: 3 }, () => '203.0.113.7'),
      );
    });

    it('is not what the device claims where no proxy is trusted', async () => {
      const { simulator, pass } = await upstream();
      await ask(await serve(appWith(pass, {}, false)), '/me', { headers: spoofed });
      expect(simulator.ledger.count()).toBe(3);
      for (const entry of simulator.ledger.entries())
        expect(entry.headerNames).not.toContain('x-forwarded-for');
    });

    it('comes with a warning, once, where every proxy is trusted', async () => {
      const { pass } = await upstream();
      const warnings: unknown[] = [];
      const listen = (event: unknown): void => {
        if ((event as { code?: string }).code === 'trust_proxy_open') warnings.push(event);
      };
      channel(passEventChannel).subscribe(listen);
      onTestFinished(() => {
        channel(passEventChannel).unsubscribe(listen);
      });
      for (const trustProxy of [false, 'loopback', true, true]) {
        const served = await serve(appWith(pass, {}, trustProxy));
        await ask(served, '/plain');
        await ask(served, '/plain');
        expect(warnings).toHaveLength(trustProxy === true ? 1 : 0);
      }
    });
  });
});

describe('passMiddleware', () => {
  it('refuses wrong options when it is mounted', () => {
    expect(() => passMiddleware({} as Pass, { device: () => undefined })).toThrow(/createPass\(\) returned/);
  });
});

function deferred<Value>(): {
  promise: Promise<Value>;
  resolve: (value: Value) => void;
  reject: (reason: unknown) => void;
} {
  let resolve: (value: Value) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<Value>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
