import type { Effect } from './effect.js';
import { endAdmissionAfter } from './admission.js';
import type { Event, EventOf, Failure } from './event.js';
import { extendingLease, extensionFailed } from './extending.js';
import { failure } from './failure.js';
import { checking, lossSuspected, restoring, unanswered } from './checking.js';
import { confirming, confirmNeeded, marking } from './confirming.js';
import { deliverIssued, endRun, storingToken } from './issuing.js';
import { goOffline, leasing, reading, takeLease, verificationFailed, verifying } from './lookup.js';
import type { Policy } from './policy.js';
import {
  doubting,
  doubtPair,
  provingReplacement,
  registeringReplacement,
  retryingSuspect,
  storingReplacement,
  suspended,
  takingPlace,
  weighing,
} from './replacement.js';
import { signInSeen, signOutSeen } from './signIn.js';
import { freshRun, type Known, type RequestingToken, type Resting, type State } from './state.js';
import {
  after,
  afterRelease,
  call,
  fail,
  impossible,
  report,
  rest,
  startRun,
  step,
  type Step,
} from './step.js';
import { heldOff, registered, storingCredentials, verifyAgain } from './storing.js';
import { servable } from './token.js';
import { tryingEarlier } from './tryingEarlier.js';

/**
 * The whole behaviour of one device's registration: what follows from `event` in `state`. Pure: no I/O, no clock, no
 * randomness. The interpreter runs the effects in order and answers each pending one with exactly one event; there is
 * never more than one pending.
 */
export function transition(state: State, event: Event, policy: Policy): Step {
  return endAdmissionAfter(state, decide(state, event, policy));
}

function decide(state: State, event: Event, policy: Policy): Step {
  if (event.type === 'tokenRejected') return tokenRejected(state, event, policy);
  if (event.type === 'tokenNeeded')
    return state.kind === 'resting' ? tokenNeeded(state, event.now) : step(state);
  switch (state.kind) {
    case 'resting':
      if (event.type === 'lossSuspected') return lossSuspected(state);
      if (event.type === 'witnessWanted') return witnessWanted(state);
      if (event.type === 'confirmNeeded') return confirmNeeded(state, event, policy);
      if (event.type === 'signInSeen') return signInSeen(state, event);
      return event.type === 'signOutSeen' ? signOutSeen(state, event) : impossible(state, event);
    case 'reading':
      if (event.type === 'recordsRead') return reading(state, event, policy);
      if (event.type === 'cacheFailed') return goOffline({ ...state, lease: null }, event, policy);
      return impossible(state, event);
    case 'waiting':
      if (event.type !== 'waited') return impossible(state, event);
      if (!event.wanted) return rest(state.known);
      return step({ ...state, kind: 'reading' }, { type: 'readRecords', strong: false });
    case 'queueing':
      if (event.type === 'queuePassed') return takeLease(state, event.now, policy);
      if (event.type === 'registrationHeldOff') return heldOff(state, event, policy);
      if (event.type === 'registrationFailed')
        return fail({ ...state, lease: null }, event.failure, event.now, policy);
      return impossible(state, event);
    case 'leasing':
      if (event.type === 'leaseSwapped') return leasing(state, event, policy);
      if (event.type === 'cacheFailed') return goOffline({ ...state, lease: null }, event, policy);
      return impossible(state, event);
    case 'verifying':
      if (event.type === 'recordsRead') return verifying(state, event, policy);
      if (event.type === 'cacheFailed') return verificationFailed(state, event, policy);
      return impossible(state, event);
    case 'extendingLease':
      if (event.type === 'leaseSwapped') return extendingLease(state, event, policy);
      if (event.type === 'cacheFailed') return extensionFailed(state.next, event, policy);
      return impossible(state, event);
    case 'admitting':
      if (event.type === 'registrationAdmitted')
        return call({ ...state, kind: 'registering' }, event.now, policy);
      if (event.type === 'registrationHeldOff') return heldOff(state, event, policy);
      if (event.type === 'registrationFailed') {
        return fail(state, event.failure, event.now, policy);
      }
      return impossible(state, event);
    case 'registering':
      if (event.type === 'registered') return registered(state, event, policy);
      if (event.type === 'registrationFailed') {
        return fail(state, event.failure, event.now, policy);
      }
      return impossible(state, event);
    case 'storingCredentials':
      if (event.type === 'credentialsSwapped') return storingCredentials(state, event, policy);
      // It may or may not be stored: a strong read finds out.
      if (event.type === 'cacheFailed') return verifyAgain(state, event, policy);
      return impossible(state, event);
    case 'requestingToken':
      if (event.type === 'tokenIssued') {
        return deliverIssued(state, { ...state, issued: event }, event.now, policy);
      }
      if (event.type === 'tokenFailed') return requestFailed(state, event, policy);
      return impossible(state, event);
    case 'storingToken':
      if (event.type === 'tokenSwapped') return storingToken(state, event);
      // Not to have stored a token is no failure: another process asks for one of its own.
      if (event.type === 'cacheFailed') return endRun(state, event.now);
      return impossible(state, event);
    case 'releasing':
      if (event.type !== 'leaseSwapped' && event.type !== 'cacheFailed') return impossible(state, event);
      return afterRelease(state.known, state.run, state.next);
    case 'doubting':
      return event.type === 'waited' ? doubting(state, event, policy) : impossible(state, event);
    case 'weighing':
      if (event.type !== 'refusalWeighed' && event.type !== 'replacementSuspended')
        return impossible(state, event);
      return weighing(state, event, policy);
    case 'tryingEarlier':
      if (event.type !== 'tokenIssued' && event.type !== 'tokenFailed') return impossible(state, event);
      return tryingEarlier(state, event, policy);
    case 'admittingReplacement':
      if (event.type === 'registrationAdmitted')
        return call({ ...state, kind: 'registeringReplacement' }, event.now, policy);
      if (event.type !== 'registrationHeldOff' && event.type !== 'registrationFailed')
        return impossible(state, event);
      return suspended(state, event, policy);
    case 'registeringReplacement':
      if (event.type !== 'registered' && event.type !== 'registrationFailed') return impossible(state, event);
      return registeringReplacement(state, event, policy);
    case 'provingReplacement':
      if (event.type !== 'tokenIssued' && event.type !== 'tokenFailed') return impossible(state, event);
      return provingReplacement(state, event, policy);
    case 'retryingSuspect':
      if (event.type !== 'tokenIssued' && event.type !== 'tokenFailed') return impossible(state, event);
      return retryingSuspect(state, event, policy);
    case 'takingPlace':
      if (event.type !== 'placeTaken' && event.type !== 'replacementSuspended')
        return impossible(state, event);
      return takingPlace(state, event, policy);
    case 'storingReplacement':
      if (event.type !== 'credentialsSwapped' && event.type !== 'cacheFailed')
        return impossible(state, event);
      return storingReplacement(state, event, policy);
    case 'checking':
      if (event.type === 'recordsRead') return checking(state, event);
      if (event.type === 'cacheFailed') return unanswered(state);
      return impossible(state, event);
    case 'restoring':
      if (event.type === 'credentialsSwapped') return restoring(state, event, policy);
      if (event.type === 'cacheFailed') return unanswered(state);
      return impossible(state, event);
    case 'confirming':
      if (event.type !== 'recordsRead' && event.type !== 'cacheFailed') return impossible(state, event);
      return confirming(state, event, policy);
    case 'marking':
      if (event.type !== 'credentialsSwapped' && event.type !== 'cacheFailed')
        return impossible(state, event);
      return marking(state, event, policy);
  }
}

/** A device that has no pair cannot bear witness. */
function witnessWanted({ known }: Resting): Step {
  return known.pair === null ? rest(known) : startRun(known, { ...freshRun, isWitness: true });
}

function tokenNeeded(state: Resting, now: number): Step {
  const token = servable(state.known.token, now);
  if (token === null) return startRun(state.known);
  const deliver = { type: 'deliver', token } as const;
  if (now < token.renewAt) return step(state, deliver);
  return after([deliver], startRun(state.known));
}

const refusedRefresh = failure(
  'access_token_rejected',
  'Adobe Pass rejects the access token, and it was renewed only moments ago for the same reason',
);

/** A 401 names a token: only if it is still the one in memory does it force a refresh, and not too often. */
function tokenRejected(state: State, event: EventOf<'tokenRejected'>, policy: Policy): Step {
  const { known } = state;
  const { now, accessToken } = event;
  if (known.token !== null && known.token.accessToken !== accessToken) {
    return state.kind === 'resting' ? tokenNeeded(state, now) : step(state);
  }
  const waitMs = known.forcedAt === null ? 0 : known.forcedAt + policy.forcedRefreshIntervalMs - now;
  // Beside a servable token nobody waits but those who have seen it rejected.
  if (servable(known.token, now) !== null && waitMs > 0) {
    return step(state, { type: 'fail', failure: { ...refusedRefresh, retryAfterMs: waitMs } });
  }
  const forced: Known =
    known.token === null
      ? { ...known, rejected: accessToken }
      : { ...known, token: null, rejected: accessToken, forcedAt: now };
  const effects: readonly Effect[] = known.token === null ? [] : [report({ type: 'tokenRefreshForced' })];
  if (state.kind === 'resting') return after(effects, startRun(forced));
  return step(withKnown(state, forced), ...effects);
}

function withKnown(state: Exclude<State, Resting>, known: Known): State {
  return state.kind === 'extendingLease'
    ? { ...state, known, next: { ...state.next, known } }
    : { ...state, known };
}

function requestFailed(state: RequestingToken, event: EventOf<'tokenFailed'>, policy: Policy): Step {
  const { lease, versions } = state;
  const { failure: refused, now } = event;
  if (refused.code !== 'client_credentials_rejected') return fail(state, refused, now, policy);
  if (versions === null || lease === null) {
    // Another process may have replaced the pair already, and only the cache could say so.
    return fail(state, offlineRefusal(refused, policy), now, policy);
  }
  return doubtPair(state, versions, event, policy);
}

function offlineRefusal(refused: Failure, policy: Policy): Failure {
  return {
    ...refused,
    code: 'cache_unavailable',
    message: 'Adobe Pass refuses the credentials in memory, and the cache cannot be asked for newer ones',
    retryAfterMs: policy.cacheRetryMs,
  };
}
