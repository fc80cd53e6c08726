import type { CacheFinding } from '@pass-dcr/core';
import type { RedisDriver } from '../drivers/RedisDriver.js';

const message =
  "the client of the package redis has no listener for 'error', so its first lost connection ends the process: add client.on('error', …).";

/**
 * What is to be said of a client whose errors nobody hears. The cache does not listen itself: then nobody would hear them.
 */
export function errorFindings({ events }: RedisDriver): readonly CacheFinding[] {
  if (events === undefined || !events.diesOfErrors || events.emitter.listenerCount('error') > 0) return [];
  return [{ level: 'warning', code: 'redis_no_error_listener', message: `redisCache: ${message}` }];
}

/** Says it once, when the client is first used: by then its owner has had the time to listen. */
export function warnOfErrors(drivers: readonly RedisDriver[]): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    const [finding] = drivers.flatMap(errorFindings);
    if (finding === undefined) return;
    process.emitWarning(finding.message, {
      type: 'PassDcrWarning',
      code: 'PASS_DCR_REDIS_NO_ERROR_LISTENER',
    });
  };
}
