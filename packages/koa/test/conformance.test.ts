import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Router } from '@koa/router';
import {
  adapterConformance,
  type AdapterApplication,
  type AdapterRoute,
  type ServedApplication,
} from '@pass-dcr/conformance';
import { bareAddress } from '@pass-dcr/core';
import Koa, { type Middleware } from 'koa';
import Koa2 from 'koa2';
import { describe, expect, inject, it } from 'vitest';
import { getPass, passErrorHandler, passMiddleware } from '../src/index.js';

const newest = ['Koa 3', Koa] as const;
const older = ['Koa 2', Koa2] as const;

describe.each(inject('everything') ? [newest, older] : [newest])('%s', (_name, Framework) => {
  adapterConformance({ it, expect, serve: (application) => serve(appOf(Framework, application)) });
});

function appOf(
  Framework: typeof Koa,
  { trustedProxies, mounts, routes, openRoutes, onError }: AdapterApplication,
): Koa {
  const app = new Framework(
    typeof trustedProxies === 'number' ? { proxy: true, maxIpsCount: trustedProxies } : {},
  );
  // What goes wrong shows in the answers.
  app.silent = true;
  if (trustedProxies === 'loopback') app.use(trustLoopback);
  app.use(passErrorHandler());
  app.use(async (_ctx, next) => {
    try {
      await next();
    } catch (error) {
      onError?.(error);
      throw error;
    }
  });
  app.use(routerOf(openRoutes).routes());
  for (const { pass, ...options } of mounts) app.use(passMiddleware(pass, options));
  app.use(routerOf(routes).routes());
  return app;
}

/** Koa itself counts proxies; who knows theirs by address says which one the client's is, as here. */
const trustLoopback: Middleware = async (ctx, next) => {
  const claimed = ctx.get('x-forwarded-for').split(/\s*,\s*/);
  const client = claimed.findLast((claim) => !/^(?:127\.|::1$)/.test(bareAddress(claim) ?? claim));
  if (client !== undefined) ctx.request.ip = client;
  await next();
};

function routerOf(routes: readonly AdapterRoute[]): Router {
  const router = new Router();
  for (const { method, path, handle } of routes)
    router.register(path, [method], async (ctx) => {
      const answered = await handle({
        property: (name) => (ctx as Record<string, unknown>)[name],
        client: (as) => getPass(ctx, as),
        body: ctx.req,
        socketPort: ctx.socket.remotePort,
      });
      ctx.type = 'json';
      ctx.body = JSON.stringify(answered ?? null);
    });
  return router;
}

async function serve(app: Koa): Promise<ServedApplication> {
  // Both families on one port.
  const server = app.listen(0, '::');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      await once(server, 'close');
    },
  };
}
