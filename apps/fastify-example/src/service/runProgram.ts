import { pino, type Logger } from 'pino';
import { openCache } from './openCache.js';
import { readSettings } from './settings.js';
import { startService, type StartApp } from './startService.js';

/** Longer than the library's deadline for one call, shorter than what orchestrators grant by default (30 s). */
const defaultShutdownLimitMs = 20_000;

/** Runs an app by the settings of the environment, until SIGTERM or SIGINT. */
export function runProgram(
  startApp: StartApp,
  { shutdownLimitMs = defaultShutdownLimitMs }: { readonly shutdownLimitMs?: number } = {},
): void {
  const log = pino();
  run(startApp, log, shutdownLimitMs).catch((error: unknown) => fail(log, error));
}

async function run(startApp: StartApp, log: Logger, shutdownLimitMs: number): Promise<void> {
  const settings = readSettings(process.env);
  const { cache, close: closeCache } = openCache(settings.cache, log);
  const service = await startService(startApp, settings, cache, log);

  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => fail(log, new Error('requests did not end in time')), shutdownLimitMs).unref();
    service
      .close()
      .then(closeCache)
      .then(() => log.info('stopped'))
      .catch((error: unknown) => fail(log, error));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // Who reads this may send a signal at once.
  log.info({ port: service.port }, 'listening');
}

function fail(log: Logger, error: unknown): void {
  log.fatal(error instanceof Error ? error.message : 'failed');
  process.exit(1);
}
