import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  adapterConformance,
  type AdapterApplication,
  type AdapterRoute,
  type ServedApplication,
} from '@pass-dcr/conformance';
import { clientOf } from '@pass-dcr/core';
import { describe, expect, it } from 'vitest';
import { answerPassError, withPass, type NodeHandler } from './nodeAdapter.js';

describe('the adapter for node:http', () => {
  adapterConformance({ it, expect, serve });
});

async function serve(application: AdapterApplication): Promise<ServedApplication> {
  const { mounts, routes, openRoutes, onError } = application;
  let mounted: NodeHandler = async (request, response) => await runRoute(routes, request, response);
  const trustProxy = trusting(application.trustedProxies);
  for (const { pass, ...options } of mounts.toReversed()) {
    mounted = withPass(pass, { ...options, trustProxy }, mounted);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const isOpen = openRoutes.some(({ path }) => path === request.url);
      await (isOpen ? runRoute(openRoutes, request, response) : mounted(request, response));
    } catch (error) {
      onError?.(error);
      if (answerPassError(error, response)) return;
      response.writeHead((error as { status?: number }).status ?? 500).end();
    }
  }

  const server = createServer((request, response) => void handle(request, response));
  // Without an address it listens for both families: ::1, and 127.0.0.1, which then is ::ffff:127.0.0.1.
  await once(server.listen(0), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      await once(server.close(), 'close');
    },
  };
}

function trusting(proxies: AdapterApplication['trustedProxies']): (address: string, hop: number) => boolean {
  if (proxies === 'none') return () => false;
  if (proxies === 'loopback') return (address) => /^(::1|(::ffff:)?127\.[\d.]+)$/.test(address);
  return (_address, hop) => hop < proxies;
}

async function runRoute(
  routes: readonly AdapterRoute[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const route = routes.find((one) => one.path === request.url && one.method === method);
  if (route === undefined) {
    response.writeHead(404).end();
    return;
  }
  const answer = await route.handle({
    property: (name) => (request as unknown as Record<string, unknown>)[name],
    client: (as) => clientOf(request, as),
    body: request,
    socketPort: request.socket.remotePort,
  });
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
}
