import { once } from 'node:events';
import { connect, createServer as createHttp2Server, type ClientHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createPass, memoryCache, type Pass } from '@pass-dcr/core';
import { createSimulator, type Simulator } from '@pass-dcr/simulator';
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

/** Adobe Pass on localhost, and a Pass that uses it. */
export async function upstream(): Promise<{ readonly simulator: Simulator; readonly pass: Pass }> {
  const simulator = await createSimulator();
  const pass = createPass({
    environment: 'local',
    baseUrl: simulator.url,
    serviceProvider: 'REF30',
    softwareStatement: simulator.issueSoftwareStatement({ application: 'tv' }),
    cache: memoryCache(),
  });
  onTestFinished(async () => {
    await pass.close();
    await simulator.close();
  });
  return { simulator, pass };
}
