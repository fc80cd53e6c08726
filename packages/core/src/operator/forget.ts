import type { KeySpace } from '../cache/keySpace.js';
import { publish } from '../diagnostics.js';
import { toPassError } from '../failures.js';
import { failure } from '../registration/failure.js';
import type { DeviceRecords } from '../session/DeviceRecords.js';
import type { Timing } from '../timing.js';

export interface ForgetParts {
  readonly records: DeviceRecords;
  readonly keySpace: KeySpace;
  readonly timing: Timing['cache'];
  /** Drops what this process knows of the device. */
  readonly drop: () => void;
}

/** Nobody knows how many pairs a device had whose record is gone: all that it can have had. */
const generationsOfAny = 1_000;

/** See `Pass.forget`. @throws PassError `cache_unavailable`, `cache_record_unreadable`, and what `KeySpace.verify` says */
export async function forget({ records, keySpace, timing, drop }: ForgetParts, tag: string): Promise<void> {
  await keySpace.verify();
  const generation = await mark(records, tag, timing);
  drop();
  await records.eraseToken(tag);
  await keySpace.forgot(tag);
  publish({ type: 'deviceForgotten', device: tag, generation });
}

/** A mark, not a deletion: what is absent, whoever still knows it puts back. */
async function mark(records: DeviceRecords, tag: string, timing: Timing['cache']): Promise<number> {
  for (let attempt = 0; attempt < timing.forgetAttempts; attempt += 1) {
    const read = await records.read(tag, true);
    if (read.type === 'cacheFailed') throw toPassError(read.failure);
    const { credentials } = read;
    switch (credentials.kind) {
      case 'forgotten':
        return credentials.generation;
      case 'unreadable':
        throw toPassError(
          failure('cache_record_unreadable', 'the stored credentials of the device cannot be opened'),
        );
      case 'absent':
        if (await records.markForgotten(tag, null, generationsOfAny)) return generationsOfAny;
        break;
      case 'stored': {
        const generation = credentials.record.generation + 1;
        if (await records.markForgotten(tag, credentials.version, generation)) return generation;
      }
    }
  }
  throw toPassError(
    failure('cache_unavailable', 'other processes keep changing the credentials of the device', {
      retryAfterMs: timing.retryAfterMs,
    }),
  );
}
