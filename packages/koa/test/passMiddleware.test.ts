import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { Router } from '@koa/router';
import { passEventChannel, type Pass } from '@pass-dcr/core';
import { upstream } from '@pass-dcr/test-kit';
import Koa, { type Context } from 'koa';
import Koa2 from 'koa2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { getPass, passErrorHandler, passMiddleware, type PassMiddlewareOptions } from '../src/index.js';
import { serve, serveHttp2 } from './serve.js';

const device = () => ({ identifier: 'tv-1' });

const versions = [
  ['Koa 3', Koa],
  ['Koa 2', Koa2],
] as const;

describe.each(versions)('%s', (_name, Framework) => {
  it('a request whose token is in memory gets what the next middleware returns, and no promise besides', async () => {
    const { pass } = await upstream();
    const app = new Framework();
    const middleware = passMiddleware(pass, { device });
    const following = Promise.resolve('done');
    const seen: unknown[] = [];
    app.use((ctx, next) => {
      const returned = middleware(ctx, () => following);
      seen.push(returned);
      return returned.then(next);
    });
    const url = await serve(app);
    await fetch(url);
    await fetch(url);
    expect(seen).toHaveLength(2);
    expect(seen[0]).not.toBe(following);
    expect(seen[1]).toBe(following);
  });

  it('works for the routes of one router', async () => {
    const { pass } = await upstream();
    const router = new Router({ prefix: '/api' });
    router.use(passMiddleware(pass, { device }));
    router.get('/me/:film', async (ctx) => {
      ctx.body = [ctx.params['film'], await ctx.pass.profiles.all(), getPass(ctx) === ctx.pass];
    });
    const app = new Framework();
    app.use(router.routes()).use((ctx) => {
      ctx.body = 'pass' in ctx;
    });
    const url = await serve(app);
    expect(await (await fetch(`${url}/api/me/7`)).json()).toEqual(['7', [], true]);
    expect(await (await fetch(url)).json()).toBe(false);
  });

  it('serves HTTP/2 as well', async () => {
    const { pass } = await upstream();
    const app = new Framework().use(passErrorHandler()).use(passMiddleware(pass, { device }));
    app.use(async (ctx) => {
      ctx.body = { profiles: await ctx.pass.profiles.all(), address: ctx.pass.device.address };
    });
    const session = await serveHttp2(app);
    const stream = session.request({ ':path': '/' }).setEncoding('utf8');
    const [text] = (await once(stream, 'data')) as [string];
    expect(JSON.parse(text)).toEqual({ profiles: [], address: '127.0.0.1' });
  });

  describe('the address', () => {
    const claimed = { 'x-forwarded-for': '198.51.100.9, 203.0.113.7', 'cf-connecting-ip': '192.0.2.1' };

    const addressSeen = async (settings: Partial<Koa>, before?: (ctx: Context) => void): Promise<unknown> => {
      const { pass } = await upstream();
      const app = Object.assign(new Framework(), settings);
      app.use(async (ctx, next) => {
        before?.(ctx);
        await next();
      });
      app.use(passMiddleware(pass, { device, authenticate: 'lazy' })).use((ctx) => {
        ctx.body = ctx.pass.device.address;
      });
      return await (await fetch(await serve(app), { headers: claimed })).text();
    };

    it.each([
      ['the socket', {}, '127.0.0.1'],
      ['the last proxy', { proxy: true, maxIpsCount: 1 }, '203.0.113.7'],
      ['a header of its own', { proxy: true, proxyIpHeader: 'CF-Connecting-IP' }, '192.0.2.1'],
    ])('is that of %s by the settings of the application', async (_source, settings, address) => {
      expect(await addressSeen(settings)).toBe(address);
    });

    it('is none on a socket without addresses', async () => {
      const { pass } = await upstream();
      const folder = mkdtempSync(join(tmpdir(), 'pass-dcr-koa-'));
      const app = new Framework().use(passErrorHandler()).use(passMiddleware(pass, { device }));
      app.use(async (ctx) => {
        ctx.body = { profiles: await ctx.pass.profiles.all(), device: ctx.pass.device };
      });
      const socketPath = join(folder, 'socket');
      const server = app.listen(socketPath);
      onTestFinished(() => {
        server.close();
        rmSync(folder, { recursive: true });
      });
      await once(server, 'listening');
      const [response] = (await once(get({ socketPath, agent: false }), 'response')) as [IncomingMessage];
      expect(await json(response)).toEqual({ profiles: [], device: { identifier: 'tv-1' } });
    });

    it('is the one that an earlier middleware has put in place of it', async () => {
      const put = (ctx: Context): void => void (ctx.request.ip = '203.0.113.8');
      expect(await addressSeen({}, put)).toBe('203.0.113.8');
    });
  });

  describe('trust_proxy_open', () => {
    it.each([
      [1, 'every proxy is trusted', { proxy: true }],
      [1, 'the header is named as Koa names it', { proxy: true, proxyIpHeader: 'x-forwarded-for' }],
      [0, 'no proxy is trusted', {}],
      [0, 'proxies are counted', { proxy: true, maxIpsCount: 2 }],
      [0, 'the proxy has a header of its own', { proxy: true, proxyIpHeader: 'X-Real-IP' }],
    ])('%i time where %s', async (times, _case, settings) => {
      const { pass } = await upstream();
      const warnings = warningsHeard();
      for (let applications = 0; applications < 2; applications += 1) {
        const app = Object.assign(new Framework(), settings);
        app.use(passMiddleware(pass, { device: () => undefined }));
        const url = await serve(app);
        expect(warnings.filter((code) => code === 'trust_proxy_open').length).toBeLessThanOrEqual(times);
        await fetch(url);
        await fetch(url);
      }
      expect(warnings.filter((code) => code === 'trust_proxy_open')).toHaveLength(times);
    });
  });

  it('a member of the context cannot be the name', async () => {
    const { pass } = await upstream();
    const names: string[] = [];
    const app = new Framework().use((ctx) => {
      for (const name in ctx) names.push(name);
      ctx.body = 'ok';
    });
    await fetch(await serve(app));
    expect(names).toEqual(expect.arrayContaining(['app', 'body', 'cookies', 'request', 'state', 'status']));
    for (const as of [...names, 'respond', 'constructor'])
      expect(() => passMiddleware(pass, { device, as })).toThrow(
        `as must not be ${JSON.stringify(as)}, which every Koa context has already`,
      );
  });

  it('what the application has put on its contexts is property_taken', async () => {
    const { pass } = await upstream();
    const app = new Framework();
    app.silent = true;
    Object.assign(app.context, { films: new Map() });
    app.use(passErrorHandler()).use(passMiddleware(pass, { device, as: 'films' }));
    const response = await fetch(await serve(app));
    expect([response.status, await response.json()]).toMatchObject([500, { code: 'property_taken' }]);
  });

  it('getPass says that the middleware did not run', async () => {
    const app = new Framework();
    const errors: unknown[] = [];
    app.on('error', (error) => errors.push(error));
    app.use(passErrorHandler()).use((ctx) => {
      ctx.body = getPass(ctx).serviceProvider;
    });
    const response = await fetch(await serve(app));
    expect([response.status, await response.json()]).toMatchObject([500, { code: 'middleware_missing' }]);
    expect(errors).toMatchObject([{ message: expect.stringContaining('did not run before this handler') }]);
  });
});

describe('passMiddleware', () => {
  const mount = (pass: unknown, options: unknown) => () =>
    passMiddleware(pass as Pass, options as PassMiddlewareOptions);

  it.each([
    ['no Pass', undefined, { device }, /^pass must be what createPass\(\) returned, received undefined$/],
    ['an application', new Koa(), { device }, /^pass must be what createPass\(\) returned/],
  ])('refuses %s', (_what, pass, options, message) => {
    expect(mount(pass, options)).toThrow(
      expect.objectContaining({ code: 'option_invalid', message: expect.stringMatching(message) }),
    );
  });

  it.each([
    ['no options', undefined, /^the options must be an object with a device function, received undefined$/],
    ['a device function alone', device, /^the options must be an object .*, received a function$/],
    ['options without a device', { as: 'pass' }, /^device must be a function .*, received undefined$/],
    [
      'a device that is no function',
      { device: { identifier: 'tv-1' } },
      /^device must be a function .*, received an object with identifier$/,
    ],
    [
      'options of another framework',
      { device, decorate: 'pass', hook: 'onRequest' },
      /^decorate is not an option; there are device, authenticate, as/,
    ],
    ["an application's options", new Koa(), /^\w+ is not an option; there are device, authenticate, as/],
    [
      'no word of authenticate',
      { device, authenticate: true },
      /^authenticate must be 'eager' or 'lazy', received true$/,
    ],
    [
      'a name that is no name',
      { device, as: Symbol('pass') },
      /^as must be the name of a property, received a symbol$/,
    ],
  ])('refuses %s', async (_what, options, message) => {
    const { pass } = await upstream();
    expect(mount(pass, options)).toThrow(
      expect.objectContaining({ code: 'option_invalid', message: expect.stringMatching(message) }),
    );
  });
});

/** The codes of the warnings of this test, as they come. */
function warningsHeard(): readonly string[] {
  const codes: string[] = [];
  const listen = (event: unknown): void => {
    const { type, code } = event as { readonly type: string; readonly code: string };
    if (type === 'warning') codes.push(code);
  };
  channel(passEventChannel).subscribe(listen);
  onTestFinished(() => {
    channel(passEventChannel).unsubscribe(listen);
  });
  return codes;
}
