import { fileCache } from '@pass-dcr/file-cache';
import { pino } from 'pino';
import { readSettings } from './settings.js';
import { startService } from './startService.js';

/** Longer than the library's deadline for one call, shorter than what orchestrators grant by default (30 s). */
const shutdownLimitMs = 20_000;

const log = pino();

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const cache = fileCache({ path: settings.cachePath });
  const service = await startService(settings, cache, log);

  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => fail(new Error('requests did not end in time')), shutdownLimitMs).unref();
    service
      .stop()
      .then(() => cache.close?.())
      .then(() => log.info('stopped'))
      .catch(fail);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function fail(error: unknown): void {
  log.fatal(error instanceof Error ? error.message : 'failed');
  process.exit(1);
}

main().catch(fail);
