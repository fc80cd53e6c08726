import { kindOf } from '../described.js';
import { publish } from '../diagnostics.js';
import { PassError } from '../errors.js';
import type { RestoreOptions } from '../Pass.js';
import { nextPair } from '../registration/record.js';
import type { DeviceRecords } from '../session/DeviceRecords.js';
import { toPassError } from '../failures.js';
import { failure } from '../registration/failure.js';
import type { Timing } from '../timing.js';

/** See `RestoreOptions`, as epoch milliseconds. @throws PassError `option_invalid` */
export function restorableBefore({ registeredBefore }: RestoreOptions): number {
  if (registeredBefore === undefined) return Number.POSITIVE_INFINITY;
  const before: unknown = registeredBefore instanceof Date ? registeredBefore.getTime() : registeredBefore;
  if (typeof before === 'number' && Number.isFinite(before)) return before;
  throw new PassError(
    'option_invalid',
    `pass.restore: registeredBefore must be a Date or epoch milliseconds, received ${kindOf(registeredBefore)}`,
  );
}

/**
 * Puts a pair that the stored one has taken the place of back, in one swap: with the next generation, so that it wins in
 * every process, and with the other pair inside, so that this can be undone too. `before`: the last that was registered
 * before that, in epoch milliseconds. `false`: there is none.
 * @throws PassError `cache_unavailable`, `cache_record_unreadable`
 */
export async function undoReplacement(
  records: DeviceRecords,
  tag: string,
  before: number,
  timing: Timing,
): Promise<boolean> {
  for (let attempt = 0; attempt < timing.operator.restoreAttempts; attempt += 1) {
    const read = await records.read(tag, true);
    if (read.type === 'cacheFailed') throw toPassError(read.failure);
    const { credentials } = read;
    if (credentials.kind === 'unreadable') {
      throw toPassError(
        failure('cache_record_unreadable', 'the stored credentials of the device cannot be opened'),
      );
    }
    if (credentials.kind !== 'stored') return false;
    const wanted = credentials.record.earlier.findLast(({ registeredAt }) => registeredAt < before);
    if (wanted === undefined) return false;
    const next = nextPair(wanted, credentials.record);
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
