import { noMarksOf, knew, sameMet, saysAllOf, settled } from './meeting.js';
import type { CredentialsRecord, Slot } from './record.js';
import type { Known } from './state.js';

export type ForgottenMark = Extract<Slot<never>, { readonly kind: 'forgotten' }>;

/** What a strong read, made under the lease, means for the pair of a device. */
export type Reconciled =
  /**
   * Nobody has credentials for this device: the only case in which it may be registered. `forgotten`: because the operator
   * wanted it so; what this process has goes too, and the new pair takes the place of the mark.
   */
  | { readonly kind: 'register'; readonly forgotten: ForgottenMark | null }
  | { readonly kind: 'unreadable' }
  | {
      readonly kind: 'adopt';
      readonly record: CredentialsRecord;
      readonly version: string;
      /** A pair of this process lost to the stored one before anybody used it. */
      readonly orphaned: boolean;
    }
  /** The cache lost or never got what this process has, or has an older word of it: put it there. */
  | {
      readonly kind: 'store';
      readonly record: CredentialsRecord;
      readonly expected: string | null;
      readonly reason: StoringReason;
    };

/**
 * Why a pair that this process knows is written. `'new'`: it never was in the cache. `'lost'`: it was, and is not, or the
 * cache shows what it held earlier. `'newer'`: the same pair, but this process knows more of it. `'conflict'`: two pairs
 * were in use, and neither had been given up for the other.
 */
export type StoringReason = 'new' | 'lost' | 'newer' | 'conflict';

/**
 * What is in memory was stored once, so an absence means that the cache lost it: it is put back and never registered
 * anew. Where memory and cache hold different pairs, `meeting.ts` says which counts.
 */
export function reconcile(known: Known, slot: Slot<CredentialsRecord>, now: number): Reconciled {
  switch (slot.kind) {
    case 'unreadable':
      return { kind: 'unreadable' };
    case 'absent': {
      const mine = known.pair ?? known.unpublished;
      if (mine === null) return { kind: 'register', forgotten: null };
      const reason = known.pair === null || known.pair.generation === 0 ? 'new' : 'lost';
      return { kind: 'store', record: storable(mine), expected: null, reason };
    }
    case 'forgotten': {
      const mine = known.pair ?? known.unpublished;
      return mine !== null && mine.generation > slot.generation
        ? { kind: 'store', record: mine, expected: slot.version, reason: 'lost' }
        : { kind: 'register', forgotten: slot };
    }
    case 'stored':
      return meet(known, slot.record, slot.version, now);
  }
}

/** Whether the cache lacks what was stored of the pair that is known, or shows what it held earlier. */
export function isMissed(known: Known, slot: Slot<CredentialsRecord>, now: number): boolean {
  const outcome = reconcile(known, slot, now);
  return outcome.kind === 'store' && outcome.reason !== 'new' && outcome.reason !== 'newer';
}

function meet(known: Known, record: CredentialsRecord, version: string, now: number): Reconciled {
  const { pair, unpublished } = known;
  const orphaned = unpublished !== null && unpublished.clientId !== record.clientId;
  const adopt = { kind: 'adopt', record, version, orphaned } as const;
  if (pair === null) return adopt;
  const store = { kind: 'store', expected: version } as const;
  if (pair.clientId === record.clientId) {
    if (saysAllOf(record, pair)) return adopt;
    // An older word under another version than the one that was seen: the cache has fallen back.
    const { pairVersion } = known;
    const isOld = pairVersion !== null && pairVersion !== version && saysAllOf(pair, record);
    const reason = isOld || record.generation < pair.generation ? 'lost' : 'newer';
    return { ...store, record: sameMet(pair, record), reason };
  }
  // Registered while the cache could not be asked, and nobody has signed in with it: it never counted.
  if (pair.generation === 0 && noMarksOf(pair)) return adopt;
  const storedKnew = knew(record, pair);
  if (storedKnew !== knew(pair, record))
    return storedKnew ? adopt : { ...store, record: pair, reason: 'lost' };
  return { ...store, record: settled(storable(pair), record, now), reason: 'conflict' };
}

/** A pair that was registered while the cache could not be asked is the device's first after all. */
function storable(record: CredentialsRecord): CredentialsRecord {
  return record.generation === 0 ? { ...record, generation: 1 } : record;
}

/**
 * What is known once `record` is the pair that counts; a token of another pair goes with its pair. `version`: of the stored
 * record; `null`: nothing new is known of it.
 */
export function adoptPair(known: Known, record: CredentialsRecord, version: string | null): Known {
  const { pair } = known;
  return pair !== null && pair.clientId === record.clientId
    ? {
        ...known,
        pair: sameMet(pair, record),
        pairVersion: version ?? known.pairVersion,
        unpublished: null,
      }
    : { ...known, pair: record, pairVersion: version, unpublished: null, token: null, refusals: 0 };
}

/** What is known once the operator has had all pairs of the device forgotten. */
export function forgetPair(known: Known): Known {
  return {
    ...known,
    pair: null,
    pairVersion: null,
    unpublished: null,
    token: null,
    rejected: null,
    refusals: 0,
  };
}
