import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  adapterConformance,
  type AdapterApplication,
  type AdapterRoute,
  type ServedApplication,
} from '@pass-dcr/conformance';
import express from 'express';
import express4 from 'express4';
import { describe, expect, inject, it } from 'vitest';
import { getPass, passErrorHandler, passMiddleware } from '../src/index.js';

const newest = ['Express 5', express] as const;
const older = ['Express 4', express4] as const;

describe.each(inject('everything') ? [newest, older] : [newest])('%s', (_name, framework) => {
  adapterConformance({ it, expect, serve: (application) => serve(appOf(framework, application)) });
});

function appOf(
  framework: typeof express,
  { trustedProxies, mounts, routes, openRoutes, onError }: AdapterApplication,
): express.Express {
  const app = framework();
  app.set('trust proxy', trustedProxies === 'none' ? false : trustedProxies);
  for (const route of openRoutes) addRoute(app, route);
  for (const { pass, ...options } of mounts) app.use(passMiddleware(pass, options));
  for (const route of routes) addRoute(app, route);
  app.use(((error, _req, _res, next) => {
    onError?.(error);
    next(error);
  }) satisfies express.ErrorRequestHandler);
  app.use(passErrorHandler());
  // Instead of Express's own, which prints each error.
  app.use(((error: { readonly status?: number }, _req, res, next) => {
    if (res.headersSent) next(error);
    else res.status(error.status ?? 500).json({ error: 'failed' });
  }) satisfies express.ErrorRequestHandler);
  return app;
}

function addRoute(app: express.Express, { method, path, handle }: AdapterRoute): void {
  app[method === 'GET' ? 'get' : 'post'](path, (req, res, next) => {
    const answer = async (): Promise<void> => {
      const answered = await handle({
        property: (name) => (req as unknown as Record<string, unknown>)[name],
        client: (as) => getPass(req, as),
        body: req,
        socketPort: req.socket.remotePort,
      });
      res.json(answered);
    };
    // Express 4 does not look at what a handler returns.
    answer().catch(next);
  });
}

async function serve(app: express.Express): Promise<ServedApplication> {
  // Without an address, for both families.
  const server = createServer(app).listen(0);
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: async () => await closed(server) };
}

async function closed(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
