import type { CredentialsRecord, Slot } from './record.js';
import type { Known } from './state.js';

/** What a strong read, made under the lease, means for the pair of a device. */
export type Reconciled =
  /** Nobody has credentials for this device: the only case in which it may be registered. */
  | { readonly kind: 'register' }
  | { readonly kind: 'unreadable' }
  | {
      readonly kind: 'adopt';
      readonly record: CredentialsRecord;
      readonly version: string;
      /** Two pairs of one generation were in use; the stored one wins. */
      readonly conflict: boolean;
      /** A pair of this process lost to the stored one before anybody used it. */
      readonly orphaned: boolean;
    }
  /** The cache lost or never got what this process has: put it there. */
  | { readonly kind: 'store'; readonly record: CredentialsRecord; readonly expected: string | null };

/**
 * The higher generation wins; at equal generation the cache wins. What is in memory was stored once, so an absence
 * means that the cache lost it: it is put back and never registered anew.
 */
export function reconcile(known: Known, slot: Slot<CredentialsRecord>): Reconciled {
  const mine = known.pair ?? known.unpublished;
  switch (slot.kind) {
    case 'unreadable':
      return { kind: 'unreadable' };
    case 'absent':
      return mine === null ? { kind: 'register' } : { kind: 'store', record: storable(mine), expected: null };
    case 'stored': {
      const { record, version } = slot;
      const orphaned = known.unpublished !== null && known.unpublished.clientId !== record.clientId;
      const other = known.pair !== null && known.pair.clientId !== record.clientId ? known.pair : null;
      if (other !== null && other.generation > record.generation) {
        return { kind: 'store', record: other, expected: version };
      }
      const conflict = other !== null && other.generation === record.generation;
      return { kind: 'adopt', record, version, conflict, orphaned };
    }
  }
}

/** A pair that was registered while the cache could not be asked is the device's first after all. */
function storable(record: CredentialsRecord): CredentialsRecord {
  return record.generation === 0 ? { ...record, generation: 1 } : record;
}

/** What is known once `record` is the pair that counts; a token of another pair goes with its pair. */
export function adoptPair(known: Known, record: CredentialsRecord): Known {
  const same = known.pair !== null && known.pair.clientId === record.clientId;
  return same
    ? { ...known, pair: record, unpublished: null }
    : { ...known, pair: record, unpublished: null, token: null, refusals: 0 };
}
