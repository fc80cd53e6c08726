import { publish } from '../diagnostics.js';
import { nextPair } from '../registration/record.js';
import type { DeviceRecords } from '../session/DeviceRecords.js';
import { toPassError } from '../failures.js';
import { failure } from '../registration/failure.js';
import type { Timing } from '../timing.js';

/**
 * Puts the pair that the stored one has replaced back in its place, in one swap: with the next generation, so that it
 * wins in every process, and with the other pair inside, so that this can be undone too. `false`: there is none.
 * @throws PassError `cache_unavailable`, `cache_record_unreadable`
 */
export async function undoReplacement(records: DeviceRecords, tag: string, timing: Timing): Promise<boolean> {
  for (let attempt = 0; attempt < timing.operator.restoreAttempts; attempt += 1) {
    const read = await records.read(tag, true);
    if (read.type === 'cacheFailed') throw toPassError(read.failure);
    const { credentials } = read;
    if (credentials.kind === 'unreadable') {
      throw toPassError(
        failure('cache_record_unreadable', 'the stored credentials of the device cannot be opened'),
      );
    }
    const last = credentials.kind === 'stored' ? credentials.record.earlier.at(-1) : undefined;
    if (credentials.kind !== 'stored' || last === undefined) return false;
    const next = nextPair(last, credentials.record);
    const effect = { type: 'swapCredentials', expected: credentials.version, next } as const;
    const swapped = await records.swapCredentials(tag, effect);
    if (swapped.type === 'cacheFailed') throw toPassError(swapped.failure);
    if (!swapped.result.ok) continue;
    publish({ type: 'replacementUndone', device: tag, generation: next.generation });
    return true;
  }
  throw toPassError(
    failure('cache_unavailable', 'other processes keep changing the credentials of the device', {
      retryAfterMs: timing.cache.retryAfterMs,
    }),
  );
}
