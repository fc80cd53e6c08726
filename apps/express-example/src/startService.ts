import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPass, type PassCache } from '@pass-dcr/core';
import type { Logger } from 'pino';
import { createApp } from './createApp.js';
import { DeviceTokens } from './deviceTokens.js';
import { logPassEvents } from './logging.js';
import type { Settings } from './settings.js';

export interface Service {
  readonly port: number;
  /** Takes no further connection, finishes the requests that run, then closes what they used. */
  stop(): Promise<void>;
}

export async function startService(settings: Settings, cache: PassCache, log: Logger): Promise<Service> {
  const { environment, baseUrl, softwareStatement, serviceProvider, application, secrets, port } = settings;
  const pass = createPass({
    environment,
    baseUrl,
    softwareStatement,
    serviceProvider,
    application,
    cache,
    secret: secrets,
  });
  const stopLogging = logPassEvents(log);
  const app = createApp(settings, { pass, deviceTokens: new DeviceTokens(settings.deviceTokenSecret), log });
  const server = createServer(app).listen(port);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  log.info({ port: address.port }, 'listening');
  return {
    port: address.port,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await closed;
      await pass.close();
      stopLogging();
    },
  };
}
