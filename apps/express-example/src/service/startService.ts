import type { PassCache, PassOptions } from '@pass-dcr/core';
import type { Logger } from 'pino';
import { createDeviceTokens, type DeviceTokens } from './deviceTokens.js';
import { logPassEvents } from './logging.js';
import type { Settings } from './settings.js';

/** What an app is made of. */
export interface AppParts {
  readonly settings: Settings;
  /** For `createPass()`. */
  readonly passOptions: PassOptions;
  readonly deviceTokens: DeviceTokens;
  readonly log: Logger;
}

export interface RunningApp {
  readonly port: number;
  /** Takes no further connection, finishes the requests that run, then closes what the app made. */
  close(): Promise<void>;
}

/** Builds an app of one framework, with its routes, and listens. */
export type StartApp = (parts: AppParts) => Promise<RunningApp>;

export async function startService(
  startApp: StartApp,
  settings: Settings,
  cache: PassCache,
  log: Logger,
): Promise<RunningApp> {
  const { environment, baseUrl, softwareStatement, serviceProvider, application, secrets } = settings;
  const passOptions = {
    environment,
    baseUrl,
    softwareStatement,
    serviceProvider,
    application,
    cache,
    secret: secrets,
  };
  const deviceTokens = createDeviceTokens(settings.deviceTokenSecret);
  const stopLogging = logPassEvents(log);
  const app = await startApp({ settings, passOptions, deviceTokens, log });
  return {
    port: app.port,
    async close() {
      await app.close();
      stopLogging();
    },
  };
}
