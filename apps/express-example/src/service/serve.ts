import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunningApp } from './startService.js';

/** Serves by Node's own server. What a promise of the listener's would be rejected with, it answers itself. */
export async function serve(
  listener: (request: IncomingMessage, response: ServerResponse) => unknown,
  port: number,
): Promise<RunningApp> {
  const server = createServer((request, response) => void listener(request, response));
  const endConnections = connectionsOf(server);
  server.listen(port);
  await once(server, 'listening');
  return {
    port: portOf(server),
    async close() {
      const closed = once(server, 'close');
      endConnections();
      server.close();
      await closed;
    },
  };
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/**
 * Gives a function to call when the server closes. Node then closes the connections that are idle, but would keep those
 * whose requests still run for some seconds after the last answer; told so, it ends each with its answer.
 */
export function connectionsOf(server: Server): () => void {
  const running = new Set<ServerResponse>();
  server.prependListener('request', (_request, response: ServerResponse) => {
    running.add(response);
    response.once('close', () => running.delete(response));
  });
  return () => {
    for (const response of running) response.shouldKeepAlive = false;
  };
}
