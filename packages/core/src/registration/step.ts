import type { Effect, PendingEffect, Report } from './effect.js';
import type { Event, Failure } from './event.js';
import { backoffMs, type Policy } from './policy.js';
import type { LeaseRecord } from './record.js';
import {
  freshRun,
  type AfterRelease,
  type Calling,
  type Known,
  type Run,
  type State,
  type Working,
} from './state.js';
import { postponeRenewal } from './token.js';

/** What comes of an event: the next state, and what is to be done, in this order. */
export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}

export function step(state: State, ...effects: readonly Effect[]): Step {
  return { state, effects };
}

export function report(event: Report): Effect {
  return { type: 'report', report: event };
}

/** `next`, once `effects` are done. */
export function after(effects: readonly Effect[], next: Step): Step {
  return { state: next.state, effects: [...effects, ...next.effects] };
}

/** The interpreter broke its contract: it answered an effect that is not pending. */
export function impossible(state: State, event: Event): never {
  throw new Error(`registration: event ${event.type} cannot happen in state ${state.kind}`);
}

export function startRun(known: Known, run: Run = freshRun): Step {
  return step({ kind: 'reading', known, run }, { type: 'readRecords', strong: false });
}

/** Lets `known` rest. */
export function rest(known: Known, ...effects: readonly Effect[]): Step {
  return step({ kind: 'resting', known }, ...effects);
}

/** Asks for the lease; `null` where nobody holds it. */
export function leaseEffect(now: number, policy: Policy, expected: string | null): PendingEffect {
  const { leaseMs } = policy;
  return {
    type: 'swapLease',
    expected,
    next: { kind: 'work', until: now + leaseMs, forMs: leaseMs, code: null },
    ttlMs: leaseMs,
  };
}

function callEffect(state: Calling): PendingEffect {
  switch (state.kind) {
    case 'registering':
    case 'registeringReplacement':
      return { type: 'register' };
    case 'requestingToken':
      return { type: 'requestToken', credentials: state.pair, isTrial: false };
    case 'tryingEarlier':
      return { type: 'requestToken', credentials: state.candidates[0], isTrial: true };
    case 'provingReplacement':
      return { type: 'requestToken', credentials: state.replacement, isTrial: true };
    case 'retryingSuspect':
      return { type: 'requestToken', credentials: state.suspect, isTrial: true };
  }
}

/** Calls Adobe Pass, once the lease is sure to outlast the call. */
export function call(state: Calling, now: number, policy: Policy): Step {
  const { lease } = state;
  if (lease === null || lease.until - now >= policy.upstreamTimeoutMs) return step(state, callEffect(state));
  return step(
    { kind: 'extendingLease', next: state, known: state.known, requestedAt: now },
    leaseEffect(now, policy, lease.version),
  );
}

/** What becomes of the lease and of the run when it ends. */
export interface Ending {
  readonly now: number;
  readonly next: AfterRelease;
  /** What the lease turns into, for every process to see; `null`: it is given back. */
  readonly cooldown: Pick<LeaseRecord, 'forMs' | 'code' | 'adobeCode'> | null;
}

/** Ends the run: gives the lease back, or turns it into a cooldown. */
export function release({ known, run, lease }: Working, { now, next, cooldown }: Ending): Step {
  if (lease === null) return afterRelease(known, run, next);
  const record =
    cooldown === null ? null : ({ kind: 'cooldown', until: now + cooldown.forMs, ...cooldown } as const);
  return step(
    { kind: 'releasing', known, run, next },
    {
      type: 'swapLease',
      expected: lease.version,
      next: record,
      ttlMs: cooldown === null ? null : cooldown.forMs,
    },
  );
}

/** Ends the run, and nobody has to know anything. */
export function releaseToRest(working: Working, now: number): Step {
  return release(working, { now, next: { kind: 'rest' }, cooldown: null });
}

export function afterRelease(known: Known, run: Run, next: AfterRelease): Step {
  switch (next.kind) {
    case 'rest':
      return rest(known);
    case 'wait': {
      const { kind: type, ...wait } = next;
      return step({ kind: 'waiting', known, run }, { type, ...wait });
    }
  }
}

/** How long nobody should try again after `failure`, in any process; `null`: that is not for others to know. */
function cooldownMs(failure: Failure, known: Known, now: number, policy: Policy): number | null {
  switch (failure.code) {
    case 'upstream_throttled':
      return Math.round(
        Math.max(policy.throttleMs, failure.retryAfterMs ?? 0) + policy.throttleSpreadMs * known.jitter,
      );
    case 'upstream_unavailable':
    case 'upstream_response_invalid':
      return backoffMs(known.failures, known.jitter, policy);
    case 'software_statement_doubted':
      return failure.retryAfterMs ?? policy.refusedMs;
    case 'token_refused':
    case 'registration_refused':
      return policy.refusedMs;
    case 'access_token_rejected':
      return policy.forcedRefreshIntervalMs;
    case 'client_credentials_rejected':
      return refusedPauseMs(known, now, policy);
    case 'replacement_suspended':
      return failure.retryAfterMs ?? policy.suspendedMs;
    default:
      return null;
  }
}

/**
 * A refused pair is never in a hurry while its device has a usable token: doing nothing costs nobody anything. But the
 * pause ends with the token.
 */
function refusedPauseMs({ token, refusals, jitter }: Known, now: number, policy: Policy): number {
  if (token === null || now >= token.expiresAt) return policy.suspendedMs;
  const { refusedPauseFirstMs, refusedPauseMaxMs } = policy;
  const base = Math.min(
    refusedPauseMaxMs,
    refusedPauseFirstMs * 2 ** Math.min(Math.max(refusals - 1, 0), 16),
  );
  return Math.min(Math.round(base * (1 + jitter / 4)), token.expiresAt - now);
}

/** Failures that may pass within a caller's patience. */
export const worthRepeating: ReadonlySet<string> = new Set([
  'software_statement_doubted',
  'upstream_throttled',
  'upstream_unavailable',
  'upstream_response_invalid',
]);

/**
 * A run met a failure. While the old token lives, nobody notices: it is served to its true expiry. Otherwise the run
 * tries again after the cooldown, and gives up after the policy's number of attempts.
 */
export function fail({ known, run, lease }: Working, failure: Failure, now: number, policy: Policy): Step {
  const forMs = cooldownMs(failure, known, now, policy);
  const { code, adobeCode } = failure;
  const cooldown = forMs === null ? null : { forMs, code, ...(adobeCode === null ? {} : { adobeCode }) };
  const failed: Known = { ...known, failures: known.failures + 1 };
  const { token } = known;
  if (token !== null && now < token.expiresAt) {
    const retryAfterMs = Math.max(forMs ?? 0, backoffMs(known.failures, known.jitter, policy));
    const postponed = postponeRenewal(token, now, retryAfterMs);
    return after(
      [
        { type: 'deliver', token: postponed },
        report({ type: 'renewalPostponed', code: failure.code, retryAfterMs }),
      ],
      release(
        { known: { ...failed, token: postponed }, run, lease },
        { now, next: { kind: 'rest' }, cooldown },
      ),
    );
  }
  if (forMs !== null && worthRepeating.has(failure.code) && run.attempts + 1 < policy.attempts) {
    const again: Run = { ...run, attempts: run.attempts + 1 };
    const next = { kind: 'wait', delayMs: forMs, failure: { ...failure, retryAfterMs: forMs } } as const;
    return release({ known: failed, run: again, lease }, { now, next, cooldown });
  }
  const told: Failure = { ...failure, retryAfterMs: forMs ?? failure.retryAfterMs };
  return after(
    [{ type: 'fail', failure: told }],
    release({ known: failed, run, lease }, { now, next: { kind: 'rest' }, cooldown }),
  );
}

/** `run` after one more write whose outcome is not the wanted one; `null`: no more are tried. */
export function afterFailedWrite(run: Run, policy: Policy): Run | null {
  const storeAttempts = run.storeAttempts + 1;
  return storeAttempts < policy.storeAttempts ? { ...run, storeAttempts } : null;
}
