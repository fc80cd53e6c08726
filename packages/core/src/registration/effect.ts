import type { Failure, FailureCode } from './event.js';
import type { ClientCredentials, CredentialsRecord, LeaseRecord, TokenRecord } from './record.js';
import type { HeldToken } from './token.js';

/** What an operator may want to know. Nothing hangs on it: what has to be done is an effect of its own. */
export type Report =
  | { readonly type: 'credentialsRegistered'; readonly generation: number }
  | { readonly type: 'credentialsRestored'; readonly generation: number }
  | { readonly type: 'credentialsEphemeral' }
  | { readonly type: 'credentialsOrphaned' }
  | { readonly type: 'credentialsConflict'; readonly generation: number }
  | { readonly type: 'credentialsRefused'; readonly refusals: number }
  | { readonly type: 'credentialsReplaced'; readonly generation: number; readonly viewerMustSignIn: true }
  /** A pair that had been replaced works, and has taken its place again, with the viewer's sign-in if it had one. */
  | { readonly type: 'credentialsReinstated'; readonly generation: number; readonly wasSignedIn: boolean }
  | { readonly type: 'replacementSuspended'; readonly reason: string }
  | { readonly type: 'tokenIssued'; readonly lifeMs: number; readonly background: boolean }
  | { readonly type: 'tokenRefreshForced' }
  | { readonly type: 'renewalPostponed'; readonly code: FailureCode; readonly retryAfterMs: number }
  | { readonly type: 'recordUnreadable'; readonly record: 'credentials' | 'token' }
  | { readonly type: 'credentialsChanged'; readonly generation: number }
  | { readonly type: 'signInNoted'; readonly generation: number }
  | { readonly type: 'signOutNoted'; readonly generation: number };

/** Effects that take time. Each is answered by exactly one event, named beside it. */
export type PendingEffect =
  /** `recordsRead` or `cacheFailed` */
  | { readonly type: 'readRecords'; readonly strong: boolean }
  /** `leaseSwapped` or `cacheFailed` */
  | {
      readonly type: 'swapLease';
      readonly expected: string | null;
      readonly next: LeaseRecord | null;
      readonly ttlMs: number | null;
    }
  /** `credentialsSwapped` or `cacheFailed` */
  | { readonly type: 'swapCredentials'; readonly expected: string | null; readonly next: CredentialsRecord }
  /** `tokenSwapped` or `cacheFailed` */
  | {
      readonly type: 'swapToken';
      readonly expected: string | null;
      readonly next: TokenRecord;
      readonly ttlMs: number;
    }
  /**
   * `registrationAdmitted`, `registrationHeldOff` or `registrationFailed`: is refused while the statement is known to be
   * rejected, and queues where no place is had yet. `ephemeral`: the cache cannot be asked about anything.
   */
  | { readonly type: 'admitRegistration'; readonly ephemeral: boolean }
  /** `queuePassed`, `registrationHeldOff` or `registrationFailed`: a place among the register calls on the wire, or none for this device now. */
  | { readonly type: 'queueToRegister' }
  /** `registered` or `registrationFailed` */
  | { readonly type: 'register' }
  /**
   * `tokenIssued` or `tokenFailed`. `isTrial`: only to find out whether a pair works that does not count for its device, or
   * no longer.
   */
  | { readonly type: 'requestToken'; readonly credentials: ClientCredentials; readonly isTrial: boolean }
  /**
   * `refusalWeighed` or `replacementSuspended`: the pair was refused, and its device has no usable token. Asks whoever can
   * see more than this device.
   */
  | { readonly type: 'weighRefusal'; readonly suspect: ClientCredentials }
  /** `placeTaken` or `replacementSuspended`: only so many pairs in the fleet are changed within minutes. */
  | { readonly type: 'takePlace' }
  /**
   * `waited`. A caller whose deadline comes sooner is told `failure` at once, if there is one. `untilNotHeldOff`: until no
   * registration is held off any more, which `delayMs` is but an estimate of.
   */
  | {
      readonly type: 'wait';
      readonly delayMs: number;
      readonly failure: Failure | null;
      readonly untilNotHeldOff?: true;
    };

/** Effects that are done when they have been run. */
export type ImmediateEffect =
  | { readonly type: 'deliver'; readonly token: HeldToken }
  | { readonly type: 'fail'; readonly failure: Failure }
  /** A new pair is stored, or is in memory only and yet to be stored: look later whether the cache still has it. */
  | { readonly type: 'pairStored' }
  /** A token was issued for a pair that was on trial, and that counts from now on. */
  | { readonly type: 'changedPairServed'; readonly credentials: ClientCredentials }
  /** The swap for which a place was taken was refused: the pair has not been changed. */
  | { readonly type: 'placeUnused' }
  /** The cache had lost the pair of this device, and has it again: it may have lost those of others. */
  | { readonly type: 'pairRestored' }
  /** The cache did not answer the question whether it still has the pair: ask again later. */
  | { readonly type: 'checkUnanswered' }
  /** The place that `registrationAdmitted` has reserved is free again. */
  | { readonly type: 'endAdmission' }
  /** The pair in memory is the stored one, and marked: a viewer may be bound to it. */
  | { readonly type: 'confirmed' }
  /** It is not known whether it is: no viewer may be bound to it now. */
  | { readonly type: 'unconfirmed'; readonly failure: Failure }
  | { readonly type: 'report'; readonly report: Report };

export type Effect = PendingEffect | ImmediateEffect;

/** Whether an effect is answered by an event. */
export function isPending(effect: Effect): effect is PendingEffect {
  switch (effect.type) {
    case 'readRecords':
    case 'swapLease':
    case 'swapCredentials':
    case 'swapToken':
    case 'queueToRegister':
    case 'admitRegistration':
    case 'register':
    case 'requestToken':
    case 'weighRefusal':
    case 'takePlace':
    case 'wait':
      return true;
    case 'deliver':
    case 'fail':
    case 'pairStored':
    case 'changedPairServed':
    case 'placeUnused':
    case 'pairRestored':
    case 'checkUnanswered':
    case 'endAdmission':
    case 'confirmed':
    case 'unconfirmed':
    case 'report':
      return false;
  }
}
