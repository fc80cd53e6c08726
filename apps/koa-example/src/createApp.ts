import { bodyParser } from '@koa/bodyparser';
import { Router } from '@koa/router';
import { isPassError, type Pass, type PassClient } from '@pass-dcr/core';
import {
  answerError,
  authorize,
  createSignIn,
  logFailure,
  logRequest,
  platformIdIn,
  preauthorize,
  profilesView,
  providersView,
  readinessView,
  trial,
  type AppParts,
} from './service/index.js';
import { passErrorHandler, passMiddleware } from '@pass-dcr/koa';
import Koa, { type Context, type Next } from 'koa';
import { proxyOptions } from './proxyOptions.js';

/** The routes that the streaming apps and the operator use. */
export function createApp(pass: Pass, { settings, deviceTokens, log }: Omit<AppParts, 'passOptions'>): Koa {
  const health = new Router();
  health.get('/healthz', (ctx) => {
    ctx.body = { status: 'ok' };
  });
  health.get('/readyz', async (ctx) => {
    const readiness = await pass.readiness();
    ctx.status = readiness.ready ? 200 : 503;
    ctx.body = readinessView(readiness);
  });

  const devices = new Router();
  const readBody = bodyParser({ enableTypes: ['json'], jsonLimit: '1kb' });
  devices.post('/api/device', readBody, async (ctx) => {
    ctx.body = await deviceTokens.issue(platformIdIn(ctx.request.body));
    ctx.status = 201;
  });

  const api = new Router({ prefix: '/api' });
  api.use(passMiddleware(pass, { device: (ctx) => deviceTokens.deviceOf(ctx) }));
  api.get('/providers', async (ctx) => {
    ctx.body = providersView(await ctx.pass.configuration());
  });
  api.get('/me', async (ctx) => {
    ctx.body = profilesView(await ctx.pass.profiles.all());
  });
  const post = (path: string, answer: (client: PassClient, body: unknown) => Promise<object>): void => {
    api.post(path, readBody, async (ctx) => {
      ctx.body = await answer(ctx.pass, ctx.request.body);
    });
  };
  const signIn = createSignIn(settings.signInPage);
  post('/sign-in', signIn.begin);
  post('/sign-in/wait', signIn.wait);
  post('/second-screen', signIn.find);
  post('/second-screen/sign-in', signIn.resume);
  post('/sign-out', signIn.end);
  post('/preauthorize', preauthorize);
  post('/authorize', authorize);
  post('/trial', trial);

  const app = new Koa(proxyOptions(settings.trustProxy));
  // What Adobe Pass refused is among the library's events already.
  app.on('error', (error: unknown, ctx: Context) => {
    if (!isPassError(error)) logFailure(log, ctx, error);
  });
  app.use(health.routes());
  app.use((ctx, next) => {
    logRequest(log, ctx, ctx.res);
    return next();
  });
  app.use((ctx, next) => {
    // Each answer is for one device.
    ctx.set('Cache-Control', 'no-store');
    return next();
  });
  app.use(answerErrors);
  app.use(passErrorHandler());
  app.use(devices.routes());
  app.use(api.routes());
  return app;
}

async function answerErrors(ctx: Context, next: Next): Promise<void> {
  try {
    await next();
  } catch (error) {
    if (ctx.headerSent || !ctx.writable) throw error;
    const { status, headers, body } = answerError(error);
    ctx.status = status;
    ctx.body = body;
    ctx.set(headers);
    if (status === 500) ctx.app.emit('error', error, ctx);
  }
}
