import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { SimulatorError } from '../ground/simulatorError.js';
import type { World } from '../world.js';
import { isTrustedHost } from './isTrustedHost.js';
import { textReply } from './reply.js';
import { sendReply } from './sendReply.js';

/** Answers one request, whose target has been parsed. */
export type Serve = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

export async function listen(world: World, serve: Serve): Promise<Server> {
  const server = createServer((request, response) => {
    receive(request, response, world, serve).catch((error: unknown) => fail(response, error, world));
  });
  server.on('clientError', (_error, socket) => {
    if (socket.writable)
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  const { host, port } = world.options;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new SimulatorError(
          'address_unavailable',
          `cannot listen on ${host}:${port}: ${error.code === 'EADDRINUSE' ? 'the port is in use' : (error.code ?? error.message)}`,
          { cause: error },
        ),
      );
    });
    server.listen(port, host, resolve);
  });
  return server;
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

export function urlOf(port: number, host: string): string {
  // A wildcard address is no address to call.
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  world: World,
  serve: Serve,
): Promise<void> {
  const sendOptions = { dateMs: world.clock.now(), signal: world.closing.signal };
  if (!isTrustedHost(request.headers.host, world.options.allowedHosts)) {
    return sendReply(
      response,
      textReply(421, 'this Host is not one of the simulator; see allowedHosts'),
      sendOptions,
    );
  }
  const target = request.url ?? '/';
  // The base only completes the URL; `//host` in a target must not replace it.
  const url =
    target.startsWith('/') && URL.canParse(`http://simulator${target}`)
      ? new URL(`http://simulator${target}`)
      : undefined;
  if (url === undefined)
    return sendReply(response, textReply(400, 'the request target must be a path'), sendOptions);
  return serve(request, response, url);
}

/** `close()` aborts what is under way; anything else here is a defect of the simulator, which must not end the process. */
function fail(response: ServerResponse, error: unknown, world: World): void {
  if (world.closing.signal.aborted || response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(500, { 'content-type': 'text/plain;charset=UTF-8' });
  response.end(`defect in the simulator: ${error instanceof Error ? error.name : typeof error}\n`);
}
