import { once } from 'node:events';
import { connect, createServer as createHttp2Server, type ClientHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type Koa from 'koa';
import { onTestFinished } from 'vitest';

/** Serves until the test has finished; answers with the URL. */
export async function serve(app: Koa): Promise<string> {
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A session of HTTP/2 with the application, until the test has finished. */
export async function serveHttp2(app: Koa): Promise<ClientHttp2Session> {
  const handle = app.callback();
  const server = createHttp2Server((request, response) => void handle(request, response)).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => {
    session.destroy();
    server.close();
  });
  return session;
}
