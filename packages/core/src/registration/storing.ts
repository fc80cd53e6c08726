import type { Effect } from './effect.js';
import type { EventOf, Failure } from './event.js';
import type { Policy } from './policy.js';
import { adoptPair } from './reconcile.js';
import type { CredentialsRecord } from './record.js';
import type { Known, Run, StateOf } from './state.js';
import { call, fail, release, report, step, type Step } from './step.js';

/** Persist before use: not a soul sees the new pair until the cache says that it is stored. */
export function registered(
  state: StateOf<'registering'>,
  event: EventOf<'registered'>,
  policy: Policy,
): Step {
  const { run, lease, versions } = state;
  const record: CredentialsRecord = { ...event.credentials, generation: 1, previous: null };
  if (versions === null) return goEphemeral(state.known, run, record, event.now, policy);
  const known: Known = { ...state.known, unpublished: record };
  return step(
    { kind: 'storingCredentials', known, run, lease, record, versions },
    { type: 'swapCredentials', expected: null, next: record },
  );
}

/** Gives the lease back and looks again later: whoever has the pair of this device puts it back meanwhile. */
export function heldOff(state: StateOf<'admitting'>, event: EventOf<'registrationHeldOff'>): Step {
  const { known, run, lease } = state;
  const { failure, now } = event;
  const wait = { kind: 'wait', delayMs: failure.retryAfterMs ?? 1_000, failure } as const;
  return release(known, run, lease, now, wait, null, []);
}

/** Goes on with a pair that is not known to be stored: by its generation it gives way to any that is. */
export function goEphemeral(
  known: Known,
  run: Run,
  { clientId, clientSecret, registeredAt, statement, previous }: CredentialsRecord,
  now: number,
  policy: Policy,
): Step {
  const pair: CredentialsRecord = {
    clientId,
    clientSecret,
    registeredAt,
    statement,
    generation: 0,
    previous,
  };
  const next = call(
    { kind: 'requestingToken', known: adoptPair(known, pair), run, lease: null, pair, versions: null },
    now,
    policy,
  );
  return step(next.state, report({ type: 'credentialsEphemeral' }), ...next.effects);
}

export function storingCredentials(
  state: StateOf<'storingCredentials'>,
  event: EventOf<'credentialsSwapped'>,
  policy: Policy,
): Step {
  const { run, lease, record, versions } = state;
  const { result } = event;
  if (!result.ok) return verifyAgain(state, event, policy);
  const known = adoptPair(state.known, record);
  const next = call(
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
  );
  return step(next.state, storedReport(state.known, record), ...next.effects);
}

/** `known`: before the pair was stored. What had been stored once was lost. */
export function storedReport({ pair }: Known, { generation }: CredentialsRecord): Effect {
  const isFirst = pair === null || pair.generation === 0;
  return report({ type: isFirst ? 'credentialsRegistered' : 'credentialsRestored', generation });
}

/** The pair in hand is kept in `known`, so that it is stored, not registered again, whatever the next read says. */
export function verifyAgain(
  state: StateOf<'storingCredentials'>,
  event: EventOf<'credentialsSwapped' | 'cacheFailed'>,
  policy: Policy,
): Step {
  const { known, lease } = state;
  const run: Run = { ...state.run, storeAttempts: state.run.storeAttempts + 1 };
  if (run.storeAttempts >= policy.storeAttempts) {
    const failure = event.type === 'cacheFailed' ? event.failure : cacheUnsteady;
    return fail(known, run, lease, failure, event.now, policy);
  }
  return step({ kind: 'verifying', known, run, lease }, { type: 'readRecords', strong: true });
}

const cacheUnsteady: Failure = {
  code: 'cache_unavailable',
  message: 'the cache changes its answer about the credentials of the device',
  retryAfterMs: 1_000,
  adobeStatus: null,
  adobeCode: null,
};
