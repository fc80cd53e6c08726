import type { AddressInfo } from 'node:net';
import { adapterConformance, type AdapterApplication, type AdapterRoute } from '@pass-dcr/conformance';
import { isPassError } from '@pass-dcr/core';
import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { expect, it } from 'vitest';
import { getPass, passErrorHandler, passPlugin } from '../src/index.js';

adapterConformance({
  it,
  expect,
  async serve(application) {
    const app = await startable(application);
    await app.listen({ host: '::', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    return { port, close: async () => await app.close() };
  },
});

async function startable(application: AdapterApplication): Promise<FastifyInstance> {
  const app = applicationWith(application);
  try {
    await app.ready();
    return app;
  } catch (error) {
    if (!isPassError(error)) throw error;
    await app.close();
    // What this adapter says when the server starts, the suite asks for at a request.
    return applicationWith({
      ...application,
      mounts: [],
      routes: application.routes.map((route) => ({
        ...route,
        handle() {
          throw error;
        },
      })),
    });
  }
}

function applicationWith({
  trustedProxies,
  mounts,
  routes,
  openRoutes,
  onError,
}: AdapterApplication): FastifyInstance {
  const app = fastify({ trustProxy: trustProxyOf(trustedProxies) });
  // Bodies are for the handlers to read.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  app.setErrorHandler(passErrorHandler());
  app.addHook('onError', (_request, _reply, error, done) => {
    onError?.(error);
    done();
  });
  app.register(async (scope) => {
    for (const mount of mounts) scope.register(passPlugin, mount);
    for (const route of routes) addRoute(scope, route);
  });
  for (const route of openRoutes) addRoute(app, route);
  return app;
}

function addRoute(app: FastifyInstance, { method, path, handle }: AdapterRoute): void {
  app.route({
    method,
    url: path,
    async handler(request, reply) {
      const answer = await handle({
        property: (name) => Reflect.get(request, name) as unknown,
        client: (as) => getPass(request, as),
        body: request.raw,
        socketPort: request.socket.remotePort,
      });
      return reply.type('application/json').send(JSON.stringify(answer ?? null));
    },
  });
}

/** Fastify trusts no number of proxies, only who they are or what a function says. */
function trustProxyOf(
  trusted: AdapterApplication['trustedProxies'],
): FastifyServerOptions['trustProxy'] & {} {
  if (trusted === 'none') return false;
  return trusted === 'loopback' ? trusted : (_address, hop) => hop < trusted;
}
