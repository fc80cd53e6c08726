import type { Effect } from './effect.js';
import type { EventOf, Failure } from './event.js';
import { failure } from './failure.js';
import type { Policy } from './policy.js';
import { adoptPair, type StoringReason } from './reconcile.js';
import { firstPair, type CredentialsRecord } from './record.js';
import type { Known, StateOf, Working } from './state.js';
import { after, afterFailedWrite, call, fail, release, report, step, type Step } from './step.js';

/** Persist before use: not a soul sees the new pair until the cache says that it is stored. */
export function registered(
  state: StateOf<'registering'>,
  event: EventOf<'registered'>,
  policy: Policy,
): Step {
  const { run, lease, versions } = state;
  const first = firstPair(event.credentials);
  const record = { ...first, generation: first.generation + (versions?.forgotten ?? 0) };
  if (versions === null) return goEphemeral(state, record, event.now, policy);
  const known: Known = { ...state.known, unpublished: record };
  return step(
    { kind: 'storingCredentials', known, run, lease, record, reason: 'new', versions },
    { type: 'swapCredentials', expected: versions.credentials, next: record },
  );
}

/**
 * Gives the lease back, if it has one, and looks again once registrations are no longer held off: whoever has the pair of
 * this device puts it back meanwhile.
 */
export function heldOff(
  state: StateOf<'admitting'> | StateOf<'queueing'>,
  event: EventOf<'registrationHeldOff'>,
  policy: Policy,
): Step {
  const { known, run } = state;
  const { failure: told, now } = event;
  const delayMs = told.retryAfterMs ?? policy.cacheRetryMs;
  const next = { kind: 'wait', delayMs, failure: told, untilNotHeldOff: true } as const;
  const lease = state.kind === 'admitting' ? state.lease : null;
  return release({ known, run, lease }, { now, next, cooldown: null });
}

/** Goes on with a pair that is not known to be stored: by its generation it gives way to any that is. */
export function goEphemeral(
  { known, run }: Working,
  record: CredentialsRecord,
  now: number,
  policy: Policy,
): Step {
  const pair: CredentialsRecord = { ...record, generation: 0 };
  return after(
    [{ type: 'pairStored' }, report({ type: 'credentialsEphemeral' })],
    call(
      {
        kind: 'requestingToken',
        known: adoptPair(known, pair, null),
        run,
        lease: null,
        pair,
        versions: null,
      },
      now,
      policy,
    ),
  );
}

export function storingCredentials(
  state: StateOf<'storingCredentials'>,
  event: EventOf<'credentialsSwapped'>,
  policy: Policy,
): Step {
  const { run, lease, record, reason, versions } = state;
  const { result } = event;
  if (!result.ok) return verifyAgain(state, event, policy);
  const known = adoptPair(state.known, record, result.version);
  return after(
    stored(record, reason),
    call(
      {
        kind: 'requestingToken',
        known,
        run,
        lease,
        pair: record,
        versions: { credentials: result.version, token: versions.token },
      },
      event.now,
      policy,
    ),
  );
}

/** What follows when a pair that this process knows is stored. */
export function stored({ generation }: CredentialsRecord, reason: StoringReason): readonly Effect[] {
  switch (reason) {
    case 'new':
      return [{ type: 'pairStored' }, report({ type: 'credentialsRegistered', generation })];
    case 'lost':
      return [{ type: 'pairRestored' }, report({ type: 'credentialsRestored', generation })];
    case 'conflict':
      return [{ type: 'pairRestored' }, report({ type: 'credentialsConflict', generation })];
    case 'newer':
      return [];
  }
}

/** The pair in hand is kept in `known`, so that it is stored, not registered again, whatever the next read says. */
export function verifyAgain(
  state: StateOf<'storingCredentials'>,
  event: EventOf<'credentialsSwapped' | 'cacheFailed'>,
  policy: Policy,
): Step {
  const { known, lease } = state;
  const run = afterFailedWrite(state.run, policy);
  if (run === null) {
    return fail(
      state,
      event.type === 'cacheFailed' ? event.failure : cacheUnsteady(policy),
      event.now,
      policy,
    );
  }
  return step({ kind: 'verifying', known, run, lease }, { type: 'readRecords', strong: true });
}

export function cacheUnsteady({ cacheRetryMs: retryAfterMs }: Policy): Failure {
  return failure('cache_unavailable', 'the cache changes its answer about the credentials of the device', {
    retryAfterMs,
  });
}
