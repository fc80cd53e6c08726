import type { PendingEffect } from './effect.js';
import type { Failure } from './event.js';
import type { CredentialsRecord, EarlierPair } from './record.js';
import type { StoringReason } from './reconcile.js';
import type { HeldToken } from './token.js';

/** What is known of a device in memory, whatever is going on. */
export interface Known {
  /** The device's own point in every spread: 0 ≤ jitter < 1, the same in every process. */
  readonly jitter: number;
  /**
   * The pair that counts, as far as this process knows. Stored before it is here, unless its generation is 0: then it was
   * registered while the cache could not be asked, and gives way to whatever is stored.
   */
  readonly pair: CredentialsRecord | null;
  /** The version under which the cache was last seen to hold `pair`, or an older word of it; `null`: not known. */
  readonly pairVersion: string | null;
  /** Registered, but not yet known to be stored: never handed out, never used. */
  readonly unpublished: CredentialsRecord | null;
  readonly token: HeldToken | null;
  /** The token that the last 401 named; it is not taken from the cache again. */
  readonly rejected: string | null;
  /** When a 401 last forced a refresh. */
  readonly forcedAt: number | null;
  /** Upstream failures in a row. */
  readonly failures: number;
  /** How many times in a row Adobe Pass has refused the pair with `invalid_client`. */
  readonly refusals: number;
}

/** How far one run has come, from its first read to its end. */
export interface Run {
  readonly attempts: number;
  readonly polls: number;
  readonly storeAttempts: number;
  /** It renews a token before that is due, to find out whether Adobe Pass knows this device's pair. */
  readonly isWitness: boolean;
}

export interface Lease {
  readonly version: string;
  /** Epoch milliseconds, counted from before the lease was asked for. */
  readonly until: number;
}

/** The versions that the last strong read saw; `null`: absent. */
export interface Versions {
  readonly credentials: string | null;
  readonly token: string | null;
  /** The generation that was forgotten, where the credentials are the mark of that: a new pair has a higher one. */
  readonly forgotten?: number | undefined;
}

/** A run at work: what is known of the device, how far it has come, and the lease that it holds. */
export interface Working {
  readonly known: Known;
  readonly run: Run;
  /** `null` where the cache could not be asked, or nothing is held. */
  readonly lease: Lease | null;
}

interface Replacing extends Working {
  readonly versions: Versions;
  readonly suspect: CredentialsRecord;
}

export interface Resting {
  readonly kind: 'resting';
  readonly known: Known;
}

/** Without `versions` the cache could not be asked: what comes of it stays in memory. */
export interface Registering extends Working {
  readonly kind: 'registering';
  readonly versions: Versions | null;
}

/** `versions`: as of `Registering`. */
export interface RequestingToken extends Working {
  readonly kind: 'requestingToken';
  readonly pair: CredentialsRecord;
  readonly versions: Versions | null;
}

/** `isRefused`: the pair that counts is suspect; else it works, but a viewer has signed in with one of `candidates`. */
export interface TryingEarlier extends Replacing {
  readonly kind: 'tryingEarlier';
  readonly candidates: readonly [EarlierPair, ...EarlierPair[]];
  readonly isRefused: boolean;
}

export interface RegisteringReplacement extends Replacing {
  readonly kind: 'registeringReplacement';
}

export interface ProvingReplacement extends Replacing {
  readonly kind: 'provingReplacement';
  readonly replacement: CredentialsRecord;
}

export interface IssuedToken {
  readonly accessToken: string;
  readonly requestedAt: number;
  readonly lifeMs: number;
}

/**
 * A pair that has proven itself, and is to take the place of `suspect`. `isNew`: registered for that just now.
 * `isRefused`: as of `TryingEarlier`.
 */
interface Proven extends Replacing {
  readonly replacement: CredentialsRecord;
  readonly replacementToken: IssuedToken;
  readonly isNew: boolean;
  readonly isRefused: boolean;
}

export interface RetryingSuspect extends Proven {
  readonly kind: 'retryingSuspect';
}

export interface TakingPlace extends Proven {
  readonly kind: 'takingPlace';
}

export interface StoringReplacement extends Proven {
  readonly kind: 'storingReplacement';
}

/** A call to Adobe Pass is on the wire. */
export type Calling =
  | Registering
  | RequestingToken
  | TryingEarlier
  | RegisteringReplacement
  | ProvingReplacement
  | RetryingSuspect;

export type AfterRelease =
  | { readonly kind: 'rest' }
  | {
      readonly kind: 'wait';
      readonly delayMs: number;
      readonly failure: Failure;
      readonly untilNotHeldOff?: true;
    };

/** In flight is a state, not a lock: callers that arrive meanwhile share what it brings. */
export type State =
  | Resting
  /** Looking whether another process has already done the work. */
  | { readonly kind: 'reading'; readonly known: Known; readonly run: Run }
  /** For another process, a cooldown, or a back-off; then `reading`. */
  | { readonly kind: 'waiting'; readonly known: Known; readonly run: Run }
  /** The device looks new: waiting for a place to register it, and keeping nobody else from it by a lease. */
  | { readonly kind: 'queueing'; readonly known: Known; readonly run: Run }
  | { readonly kind: 'leasing'; readonly known: Known; readonly run: Run; readonly requestedAt: number }
  /** The double check under the lease: only this read may say that a device has no credentials. */
  | (Working & { readonly kind: 'verifying' })
  | {
      readonly kind: 'extendingLease';
      readonly next: Calling;
      readonly known: Known;
      readonly requestedAt: number;
    }
  /** The device has no credentials anywhere: queueing for a place to register it. */
  | (Working & { readonly kind: 'admitting'; readonly versions: Versions | null })
  | Registering
  | (Working & {
      readonly kind: 'storingCredentials';
      readonly record: CredentialsRecord;
      readonly reason: StoringReason;
      readonly versions: Versions;
    })
  | RequestingToken
  | (Working & { readonly kind: 'storingToken'; readonly effect: StoreToken })
  | { readonly kind: 'releasing'; readonly known: Known; readonly run: Run; readonly next: AfterRelease }
  /** Refused with `invalid_client`: what else is known of it? */
  | (Replacing & { readonly kind: 'weighing' })
  /** Waiting before the pair is tried again. */
  | (Replacing & { readonly kind: 'doubting' })
  | TryingEarlier
  /** Queueing for a place to register another pair. */
  | (Replacing & { readonly kind: 'admittingReplacement' })
  | RegisteringReplacement
  | ProvingReplacement
  | RetryingSuspect
  | TakingPlace
  | StoringReplacement
  /** Looking whether the cache still has what this process knows to be stored. */
  | { readonly kind: 'checking'; readonly known: Known; readonly run: Run }
  /** Putting back what the cache has lost. */
  | {
      readonly kind: 'restoring';
      readonly known: Known;
      readonly run: Run;
      readonly record: CredentialsRecord;
      readonly reason: StoringReason;
    }
  /** Looking, before a call that may bind a viewer, whether the pair in memory is the stored one. */
  | {
      readonly kind: 'confirming';
      readonly known: Known;
      readonly run: Run;
      /** The client id of the pair whose mark may or may not have been stored; `null`: none is in doubt. */
      readonly doubted: string | null;
    }
  /** Marking the pair for such a call, which says as well whether it still is the stored one. */
  | {
      readonly kind: 'marking';
      readonly known: Known;
      readonly run: Run;
      readonly record: CredentialsRecord;
      readonly reason: StoringReason;
    };

export type StoreToken = Extract<PendingEffect, { readonly type: 'swapToken' }>;

export type StateOf<Kind extends State['kind']> = Extract<State, { readonly kind: Kind }>;

export const freshRun: Run = { attempts: 0, polls: 0, storeAttempts: 0, isWitness: false };

export function initialState(jitter: number): Resting {
  return {
    kind: 'resting',
    known: {
      jitter,
      pair: null,
      pairVersion: null,
      unpublished: null,
      token: null,
      rejected: null,
      forcedAt: null,
      failures: 0,
      refusals: 0,
    },
  };
}
