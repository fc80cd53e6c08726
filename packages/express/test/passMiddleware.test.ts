import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { channel } from 'node:diagnostics_channel';
import { deviceFromHeaders, passEventChannel, PassError, type Pass } from '@pass-dcr/core';
import { upstream } from '@pass-dcr/test-kit';
import express from 'express';
import express4 from 'express4';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { passErrorHandler, passMiddleware } from '../src/index.js';
import { ask, serve } from './serve.js';

// What every adapter does is in conformance.test.ts; here is what only Express has.

const tv = { 'ap-device-identifier': `fingerprint ${Buffer.from('tv-1').toString('base64')}` };

describe.each([
  ['Express 5', express],
  ['Express 4', express4],
])('%s', (_name, framework) => {
  it('the error handler tells onError of each PassError with its request, and of nothing else', async () => {
    const told: unknown[] = [];
    const app = framework();
    app.get('/busy', (_req, _res, next) => next(new PassError('registration_limited', 'too many')));
    app.get('/bug', (_req, _res, next) => next(new TypeError('a bug')));
    app.use(passErrorHandler({ onError: (error, req) => told.push([req.path, error.code]) }));
    app.use(((_error, _req, res, _next) => {
      res.status(500).end();
    }) satisfies express.ErrorRequestHandler);
    const served = await serve(app);
    expect(await ask(served, '/busy')).toMatchObject({ status: 503 });
    expect(await ask(served, '/bug')).toMatchObject({ status: 500 });
    expect(told).toEqual([['/busy', 'registration_limited']]);
  });

  it('an error handler that was mounted without being made answers nobody as if all were well', async () => {
    const app = framework();
    app.use(passErrorHandler as never);
    const failures: unknown[] = [];
    app.use(((error, _req, res, _next) => {
      failures.push(error);
      res.status(500).end();
    }) satisfies express.ErrorRequestHandler);
    expect(await ask(await serve(app), '/')).toMatchObject({ status: 500 });
    expect(failures).toMatchObject([{ code: 'option_invalid' }]);
  });

  it('the error handler leaves errors of others to other handlers', async () => {
    const { pass } = await upstream();
    const app = framework();
    const device = (): never => {
      throw Object.assign(new Error('forged'), { status: 401 });
    };
    app.use(passMiddleware(pass, { device }), passErrorHandler());
    app.use(((error: Error & { status: number }, _req, res, _next) => {
      res.status(error.status).send(error.message);
    }) satisfies express.ErrorRequestHandler);
    expect(await ask(await serve(app), '/plain')).toMatchObject({ status: 401, text: 'forged' });
  });

  it('the error handler leaves a response that has begun to Express, which breaks it off', async () => {
    const app = framework();
    const passedOn: unknown[] = [];
    app.get('/begun', (_req, res, next) => {
      res.write('begun', () => next(new PassError('upstream_unavailable', 'too late')));
    });
    app.use(passErrorHandler());
    app.use(((error, _req, res, _next) => {
      passedOn.push(error);
      res.destroy();
    }) satisfies express.ErrorRequestHandler);
    await expect(ask(await serve(app), '/begun')).rejects.toThrow('aborted');
    expect(passedOn).toMatchObject([{ code: 'upstream_unavailable' }]);
  });

  it.each([
    ['while it is registered, none', 'register', []],
    ['while its handler waits for Adobe Pass, that one, which it ends', 'profiles', ['AbortError']],
  ] as const)('of a client that hangs up %s: the error handler sees', async (_when, endpoint, expected) => {
    const { simulator, pass } = await upstream();
    simulator.fault({ endpoint, effect: { delayMs: 300 } });
    const before: unknown[] = [];
    const after: unknown[] = [];
    const into =
      (errors: unknown[]): express.ErrorRequestHandler =>
      (error: Error, _req, _res, next) => {
        errors.push(error.name);
        next(error);
      };
    let closed = 0;
    const app = framework();
    app.use((_req, res, next) => {
      res.once('close', () => setImmediate(() => (closed += 1)));
      next();
    });
    app.use(passMiddleware(pass, { device: deviceFromHeaders() }));
    app.get('/', (req, res, next) => {
      req.pass.profiles.all().then((profiles) => res.json(profiles), next);
    });
    app.use(into(before), passErrorHandler(), into(after));
    const { port } = await serve(app);
    const impatient = httpRequest({ port, host: '127.0.0.1', headers: tv, agent: false }).end();
    const hungUp = once(impatient, 'error');
    await vi.waitFor(() => expect(simulator.ledger.count({ endpoint })).toBe(1));
    impatient.destroy();
    await hungUp;
    await vi.waitFor(() => expect(closed).toBe(1));
    expect([before, after]).toEqual([expected, []]);
  });

  it.each([
    ['true', true],
    ['a function that believes whoever forwards', () => true],
    ['ranges that hold every address', '0.0.0.0/1, 128.0.0.0/1'],
  ])('warns once where every proxy is trusted, by %s', async (_what, everybody) => {
    const { pass } = await upstream();
    const warnings: unknown[] = [];
    const listen = (event: unknown): void => {
      if ((event as { code?: string }).code === 'trust_proxy_open') warnings.push(event);
    };
    channel(passEventChannel).subscribe(listen);
    onTestFinished(() => {
      channel(passEventChannel).unsubscribe(listen);
    });
    for (const trustProxy of [false, 1, 'loopback', everybody, everybody]) {
      const app = framework();
      app.set('trust proxy', trustProxy);
      app.use(passMiddleware(pass, { device: () => undefined }));
      const served = await serve(app);
      await ask(served, '/');
      await ask(served, '/');
      expect(warnings).toHaveLength(trustProxy === everybody ? 1 : 0);
    }
  });
});

describe('passMiddleware', () => {
  it('refuses wrong options when it is mounted', () => {
    expect(() => passMiddleware({} as Pass, { device: () => undefined })).toThrow(/createPass\(\) returned/);
  });
});
