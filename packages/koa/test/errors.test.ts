import { constants } from 'node:http2';
import { PassError } from '@pass-dcr/core';
import { upstream } from '@pass-dcr/test-kit';
import Koa, { type Context } from 'koa';
import Koa2 from 'koa2';
import { describe, expect, it, vi } from 'vitest';
import { passErrorHandler, passMiddleware } from '../src/index.js';
import { serve, serveHttp2 } from './serve.js';

const device = () => ({ identifier: 'tv-1' });

/** What Koa makes of every error that it is told of. */
function errorsOf(app: Koa): unknown[] {
  const errors: unknown[] = [];
  app.on('error', (error: unknown) => errors.push(error));
  return errors;
}

describe.each([
  ['Koa 3', Koa],
  ['Koa 2', Koa2],
] as const)('%s', (_name, Framework) => {
  const limited = (): never => {
    throw new PassError('registration_limited', 'too many: sesame', { retryAfterMs: 1_500 });
  };

  describe("in Koa's own hands", () => {
    it("an error has this server's status and a text that tells nothing of Adobe Pass", async () => {
      const { simulator, pass } = await upstream();
      simulator.fault({ endpoint: 'register', effect: { error: 'invalid_software_statement' } });
      const app = new Framework().use(passMiddleware(pass, { device }));
      const errors = errorsOf(app);
      const response = await fetch(await serve(app));
      expect([response.status, await response.text()]).toEqual([500, 'Internal Server Error']);
      expect(errors).toMatchObject([{ adobe: { code: 'invalid_software_statement' } }]);
    });

    it('an error says when to come back', async () => {
      const app = new Framework().use(limited);
      errorsOf(app);
      const response = await fetch(await serve(app));
      expect([response.status, await response.text()]).toEqual([503, 'Service Unavailable']);
      expect(response.headers.get('retry-after')).toBe('2');
    });

    it('an error of the caller is told to the caller, and not printed', async () => {
      const { pass } = await upstream();
      const printed = vi.spyOn(console, 'error').mockReturnValue();
      const app = new Framework().use(passMiddleware(pass, { device: () => undefined }));
      app.use(async (ctx) => {
        ctx.body = await ctx.pass.profiles.all();
      });
      const response = await fetch(await serve(app));
      expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('device')]);
      expect(printed).not.toHaveBeenCalled();
      printed.mockRestore();
    });
  });

  describe('passErrorHandler', () => {
    const answerOf = async (app: Koa) => {
      const response = await fetch(await serve(app));
      const type = response.headers.get('content-type');
      const body: unknown =
        type === 'application/problem+json' ? await response.json() : await response.text();
      return { response, status: response.status, type, body };
    };

    it('answers with a problem, and tells the application once', async () => {
      const app = new Framework().use(passErrorHandler()).use(limited);
      const errors = errorsOf(app);
      const { response, ...answer } = await answerOf(app);
      expect(answer).toMatchObject({
        status: 503,
        type: 'application/problem+json',
        body: { code: 'registration_limited', retryAfterMs: 1_500 },
      });
      expect(answer.body).not.toHaveProperty('detail');
      expect(response.headers.get('retry-after')).toBe('2');
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(errors).toMatchObject([{ code: 'registration_limited' }]);
    });

    it('tells onError of each PassError with its context, and of nothing else', async () => {
      const told: unknown[] = [];
      const app = new Framework();
      app.use(passErrorHandler({ onError: (error, ctx) => told.push([ctx.path, error.code]) }));
      app.use((ctx) => {
        if (ctx.path === '/busy') limited();
        throw new TypeError('a bug');
      });
      errorsOf(app);
      const served = await serve(app);
      const statuses = [await fetch(new URL('/busy', served)), await fetch(new URL('/bug', served))];
      expect(statuses.map(({ status }) => status)).toEqual([503, 500]);
      expect(told).toEqual([['/busy', 'registration_limited']]);
    });

    it('keeps what earlier middleware has set, so that a browser may read the problem', async () => {
      const app = new Framework();
      app.use(async (ctx, next) => {
        ctx.set('Access-Control-Allow-Origin', '*');
        await next();
      });
      app.use(passErrorHandler()).use(limited);
      errorsOf(app);
      const { response } = await answerOf(app);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
    });

    it('answers in place of what a handler has prepared', async () => {
      const app = new Framework().use(passErrorHandler()).use((ctx) => {
        ctx.body = { films: [] };
        ctx.type = 'image/png';
        limited();
      });
      errorsOf(app);
      expect(await answerOf(app)).toMatchObject({ status: 503, type: 'application/problem+json' });
    });

    it('answers also for a handler that took over the response and failed before it began it', async () => {
      const app = new Framework().use(passErrorHandler()).use((ctx) => {
        ctx.respond = false;
        limited();
      });
      errorsOf(app);
      expect(await answerOf(app)).toMatchObject({ status: 503, body: { code: 'registration_limited' } });
    });

    it('leaves a response that has begun to Koa', async () => {
      const app = new Framework().use(passErrorHandler()).use((ctx) => {
        ctx.res.writeHead(200).write('begun');
        limited();
      });
      const errors = errorsOf(app);
      const response = await fetch(await serve(app));
      await vi.waitFor(() =>
        expect(errors).toMatchObject([{ code: 'registration_limited', headerSent: true }]),
      );
      const begun = await response.body?.getReader().read();
      expect([response.status, Buffer.from(begun?.value ?? []).toString()]).toEqual([200, 'begun']);
    });

    it('leaves an abort that is not by the client to Koa', async () => {
      const app = new Framework().use(passErrorHandler()).use(() => AbortSignal.abort().throwIfAborted());
      const errors = errorsOf(app);
      expect(await answerOf(app)).toMatchObject({ status: 500 });
      expect(errors).toMatchObject([{ name: 'AbortError' }]);
    });

    it("leaves others' errors to Koa", async () => {
      const teapot = Object.assign(new Error('tea'), { status: 418, expose: true });
      const app = new Framework().use(passErrorHandler()).use(() => {
        throw teapot;
      });
      const errors = errorsOf(app);
      expect(await answerOf(app)).toMatchObject({ status: 418, body: 'tea' });
      expect(errors).toEqual([teapot]);
    });
  });

  describe('a client that hangs up while it waits', () => {
    /** Sends a request, and answers with what ends it. */
    type Ask = (app: Koa) => Promise<() => void>;

    const overHttp1: Ask = async (app) => {
      const impatience = new AbortController();
      fetch(await serve(app), { signal: impatience.signal }).catch(() => undefined);
      return () => impatience.abort();
    };

    const overHttp2: Ask = async (app) => {
      const stream = (await serveHttp2(app)).request({ ':path': '/' });
      return () => stream.close(constants.NGHTTP2_CANCEL);
    };

    /** The context of the request, its errors, and whether the handler ran, once all is over. */
    const hungUp = async (ask: Ask, app: Koa) => {
      const { simulator, pass } = await upstream();
      simulator.fault({ endpoint: 'register', effect: { delayMs: 300 } });
      const errors = errorsOf(app);
      let handled = false;
      const ended: Context[] = [];
      app.middleware.unshift(async (ctx, next) => {
        try {
          await next();
        } finally {
          setImmediate(() => ended.push(ctx));
        }
      });
      app.use(passMiddleware(pass, { device })).use(() => {
        handled = true;
      });
      const hangUp = await ask(app);
      await vi.waitFor(() => expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1));
      hangUp();
      await vi.waitFor(() => expect(ended).toHaveLength(1));
      return { status: ended[0]?.status, errors, handled };
    };

    describe.each([
      ['HTTP/1.1', overHttp1],
      ['HTTP/2', overHttp2],
    ])('over %s', (_protocol, ask) => {
      it('is answered by nobody and no error of the application; an access log has 499', async () => {
        const { status, errors, handled } = await hungUp(ask, new Framework().use(passErrorHandler()));
        expect([errors, handled, status]).toEqual([[], false, 499]);
      });

      it('is none either without the error handler', async () => {
        const { status, errors, handled } = await hungUp(ask, new Framework());
        expect([errors, handled, status]).toEqual([[], false, 499]);
      });
    });
  });
});
