import type { Effect } from './effect.js';
import type { EventOf, Failure, FailureCode } from './event.js';
import { failure } from './failure.js';
import { deliverStored } from './issuing.js';
import { pollMs, type Policy } from './policy.js';
import { knew } from './meeting.js';
import { adoptPair, forgetPair, reconcile } from './reconcile.js';
import type { CredentialsRecord, LeaseRecord, Slot, TokenRecord } from './record.js';
import type { Known, Lease, Run, StateOf, Versions, Working } from './state.js';
import {
  after,
  afterFailedWrite,
  call,
  fail,
  impossible,
  leaseEffect,
  report,
  rest,
  step,
  worthRepeating,
  type Step,
} from './step.js';
import { goEphemeral } from './storing.js';
import { timeLeftMs } from './timeLeft.js';
import { holdToken, notAhead, postponeRenewal, servable, tokenOf, type HeldToken } from './token.js';
import { tryEarlier, worthTryingFirst } from './tryingEarlier.js';

/*
 * From the first read to the double check: has another process already done the work, is one at it, or is it ours?
 */

function credentialsUnreadable({ known, run, lease }: Working, now: number, policy: Policy): Step {
  const { pair } = known;
  return after(
    [report({ type: 'recordUnreadable', record: 'credentials' })],
    pair === null
      ? fail({ known, run, lease }, unreadable(policy), now, policy)
      : call({ kind: 'requestingToken', known, run, lease, pair, versions: null }, now, policy),
  );
}

export function unreadable({ unreadableRetryMs: retryAfterMs }: Policy): Failure {
  return failure('cache_record_unreadable', 'the stored credentials of the device cannot be opened', {
    retryAfterMs,
  });
}

/**
 * The first look, which may come from a replica: what it finds can be used, but what it misses proves nothing.
 * A device whose pair is in memory does not depend on a record that cannot be opened.
 */
export function reading(state: StateOf<'reading'>, event: EventOf<'recordsRead'>, policy: Policy): Step {
  const { run } = state;
  const { now, credentials, lease } = event;
  if (credentials.kind === 'unreadable' && state.known.pair === null) {
    return credentialsUnreadable({ ...state, lease: null }, now, policy);
  }
  let { known } = state;
  const effects: Effect[] = [];
  if (credentials.kind === 'stored' && mayAdopt(known, credentials.record)) {
    known = adoptPair(known, credentials.record, credentials.version);
    const better = betterToken(known, credentials.record, event, policy);
    if (better !== null) known = { ...known, token: better };
    const token = servable(better, now);
    if (token !== null) {
      known = { ...known, rejected: null, failures: 0, refusals: 0 };
      effects.push({ type: 'deliver', token });
      if (now < token.renewAt && !run.isWitness) return rest(known, ...effects);
    }
  }
  if (lease.kind !== 'absent') return leaseTaken(known, run, lease, now, policy, effects);
  if (known.pair === null && known.unpublished === null)
    return step({ kind: 'queueing', known, run }, { type: 'queueToRegister' });
  return after(effects, takeLease({ known, run }, now, policy));
}

/** Asks for the lease of the device. */
export function takeLease({ known, run }: Omit<Working, 'lease'>, now: number, policy: Policy): Step {
  return step({ kind: 'leasing', known, run, requestedAt: now }, leaseEffect(now, policy, null));
}

/** The stored token of `pair`, if it has not expired and is better than the one in memory. */
function betterToken(
  known: Known,
  pair: CredentialsRecord,
  { token: stored, now }: EventOf<'recordsRead'>,
  policy: Policy,
): HeldToken | null {
  const { token: held, rejected } = known;
  const record = tokenOf(stored, pair, rejected);
  if (record === null) return null;
  const token = asHeld(record, known, now, policy);
  return now < token.expiresAt && (held === null || token.expiresAt > held.expiresAt) ? token : null;
}

/** A stored token as memory has it: the life of one that it knows it has measured by a clock that nobody sets. */
function asHeld(record: TokenRecord, { token: held, jitter }: Known, now: number, policy: Policy): HeldToken {
  return record.accessToken === held?.accessToken ? held : holdToken(notAhead(record, now), jitter, policy);
}

/** A plain read may be stale, so it may only add to what is known, never contradict it. */
function mayAdopt(known: Known, stored: CredentialsRecord): boolean {
  if (known.unpublished !== null) return false;
  const mine = known.pair;
  if (mine === null || mine.clientId === stored.clientId) return true;
  return knew(stored, mine) && !knew(mine, stored);
}

/** Somebody is at it, or nobody may try yet. Whoever has a token goes on with it; the others wait. */
function leaseTaken(
  known: Known,
  run: Run,
  lease: Slot<LeaseRecord>,
  now: number,
  policy: Policy,
  effects: readonly Effect[] = [],
): Step {
  const cooldown = lease.kind === 'stored' && lease.record.kind === 'cooldown' ? lease.record : null;
  const cooldownMs = cooldown === null ? 0 : timeLeftMs(cooldown.until, cooldown.forMs, now);
  const { token } = known;
  // Whoever is at it finds out what this run wanted to know.
  if (run.isWitness) return rest(known, ...effects);
  if (token !== null && (servable(token, now) !== null || (cooldown !== null && now < token.expiresAt))) {
    const delayMs = Math.max(cooldownMs, policy.backoffFirstMs);
    // Throttled or failing: the old token serves to its true expiry.
    const kept =
      cooldown === null ? { ...token, renewAt: now + delayMs } : postponeRenewal(token, now, delayMs);
    return rest({ ...known, token: kept }, ...effects, { type: 'deliver', token: kept });
  }
  if (cooldown !== null && cooldownMs > 0) {
    const told = cooldownFailure(cooldown, cooldownMs);
    if (!worthRepeating.has(told.code)) return rest(known, { type: 'fail', failure: told });
    const wait = { type: 'wait', delayMs: cooldownMs, failure: told } as const;
    return step({ kind: 'waiting', known, run }, wait);
  }
  const next: Run = { ...run, polls: run.polls + 1 };
  const delayMs = pollMs(run.polls, known.jitter, policy);
  return step({ kind: 'waiting', known, run: next }, { type: 'wait', delayMs, failure: null });
}

/** What the process that met the failure told its callers, for those of this process. */
const cooldownMessages: Readonly<Partial<Record<FailureCode, string>>> = {
  access_token_rejected: 'Adobe Pass issued the access token again that it rejects, moments ago',
  client_credentials_rejected:
    'Adobe Pass refused the credentials of the device moments ago, and new ones too',
  registration_refused: 'Adobe Pass refused the registration of the device moments ago',
  replacement_suspended: 'the credentials of the device are refused, and for now none is replaced',
  software_statement_doubted: 'Adobe Pass rejected the software statement moments ago; it is tried again',
  token_refused: 'Adobe Pass refused an access token for the device moments ago',
  upstream_response_invalid:
    'Adobe Pass answered no valid response moments ago; the next attempt is not due yet',
  upstream_throttled: 'Adobe Pass throttles the address of the device',
  upstream_unavailable: 'Adobe Pass failed moments ago; the next attempt is not due yet',
};

function isCooldownCode(code: string | null): code is FailureCode {
  return code !== null && Object.hasOwn(cooldownMessages, code);
}

function cooldownFailure(cooldown: LeaseRecord, retryAfterMs: number): Failure {
  const code = isCooldownCode(cooldown.code) ? cooldown.code : 'upstream_unavailable';
  const said = cooldownMessages[code] ?? code;
  const { adobeCode } = cooldown;
  return adobeCode === undefined
    ? failure(code, said, { retryAfterMs })
    : failure(code, `${said} (${adobeCode})`, { retryAfterMs, adobeCode });
}

export function leasing(state: StateOf<'leasing'>, event: EventOf<'leaseSwapped'>, policy: Policy): Step {
  const { known, run } = state;
  const { result } = event;
  if (!result.ok) return leaseTaken(known, run, result.current, event.now, policy);
  if (result.version === null) return impossible(state, event);
  const lease: Lease = { version: result.version, until: state.requestedAt + policy.leaseMs };
  return step({ kind: 'verifying', known, run, lease }, { type: 'readRecords', strong: true });
}

/** The double check: whatever happened before the lease was had is seen now. */
export function verifying(state: StateOf<'verifying'>, event: EventOf<'recordsRead'>, policy: Policy): Step {
  const { run, lease } = state;
  const { now } = event;
  const outcome = reconcile(state.known, event.credentials, now);
  const token = event.token.kind === 'absent' ? null : event.token.version;
  switch (outcome.kind) {
    case 'unreadable':
      return credentialsUnreadable(state, now, policy);
    case 'register': {
      const { forgotten } = outcome;
      const known = forgotten === null ? state.known : forgetPair(state.known);
      const versions: Versions =
        forgotten === null
          ? { credentials: null, token }
          : { credentials: forgotten.version, token, forgotten: forgotten.generation };
      return step(
        { kind: 'admitting', known, run, lease, versions },
        { type: 'admitRegistration', ephemeral: false },
      );
    }
    case 'store': {
      const { record, expected, reason } = outcome;
      return step(
        {
          kind: 'storingCredentials',
          known: state.known,
          run,
          lease,
          record,
          reason,
          versions: { credentials: expected, token },
        },
        { type: 'swapCredentials', expected, next: record },
      );
    }
    case 'adopt': {
      const known = adoptPair(state.known, outcome.record, outcome.version);
      const reports: Effect[] = [];
      if (outcome.orphaned) reports.push(report({ type: 'credentialsOrphaned' }));
      if (event.token.kind === 'unreadable')
        reports.push(report({ type: 'recordUnreadable', record: 'token' }));
      const versions: Versions = { credentials: outcome.version, token };
      const working = { known, run, lease, pair: outcome.record, versions };
      return after(reports, useStoredToken(working, event, policy));
    }
  }
}

function useStoredToken(
  working: Working & { readonly pair: CredentialsRecord; readonly versions: Versions },
  event: EventOf<'recordsRead'>,
  policy: Policy,
): Step {
  const { pair } = working;
  const { now } = event;
  const record = tokenOf(event.token, pair, working.known.rejected);
  const stored = record === null ? null : servable(asHeld(record, working.known, now, policy), now);
  if (stored !== null && now < stored.renewAt && !working.run.isWitness) {
    return deliverStored(working, stored, now);
  }
  // One that is due, or nearly over, still serves if no other can be had.
  const token = betterToken(working.known, pair, event, policy) ?? working.known.token;
  const known: Known = { ...working.known, token };
  const trial = { ...working, known, suspect: pair, isRefused: false };
  return tryEarlier(trial, worthTryingFirst(pair, now, policy), now, policy);
}

/**
 * The cache cannot be asked. A device whose pair is in memory goes on with it; any other is turned away, since it
 * probably has a pair, and registering it again would sign its viewer out. Unless the policy says that this is better
 * than an error.
 */
export function goOffline(working: Working, event: EventOf<'cacheFailed'>, policy: Policy): Step {
  const { known, run, lease } = working;
  const { pair } = known;
  if (servable(known.token, event.now) !== null) return fail(working, event.failure, event.now, policy);
  if (pair !== null) {
    return call({ kind: 'requestingToken', known, run, lease, pair, versions: null }, event.now, policy);
  }
  if (!policy.ephemeral) return fail(working, event.failure, event.now, policy);
  if (known.unpublished !== null) return goEphemeral(working, known.unpublished, event.now, policy);
  return step(
    { kind: 'admitting', known, run, lease: null, versions: null },
    { type: 'admitRegistration', ephemeral: true },
  );
}

export function verificationFailed(
  state: StateOf<'verifying'>,
  event: EventOf<'cacheFailed'>,
  policy: Policy,
): Step {
  const run = afterFailedWrite(state.run, policy);
  return state.known.unpublished === null || run === null
    ? goOffline(state, event, policy)
    : step({ ...state, run }, { type: 'readRecords', strong: true });
}
