import type { EventOf, Failure } from './event.js';
import type { Policy } from './policy.js';
import { adoptPair } from './reconcile.js';
import type { CredentialsRecord } from './record.js';
import type { Known, Run, StateOf } from './state.js';
import { call, fail, report, step, type Step } from './step.js';

/** Persist before use: not a soul sees the new pair until the cache says that it is stored. */
export function registered(state: StateOf<'registering'>, event: EventOf<'registered'>): Step {
  const { run, lease, versions } = state;
  const record: CredentialsRecord = { ...event.credentials, generation: 1, previous: null };
  const known: Known = { ...state.known, unpublished: record };
  return step(
    { kind: 'storingCredentials', known, run, lease, record, versions },
    { type: 'swapCredentials', expected: null, next: record },
  );
}

export function storingCredentials(
  state: StateOf<'storingCredentials'>,
  event: EventOf<'credentialsSwapped'>,
  policy: Policy,
): Step {
  const { run, lease, record, versions } = state;
  const { result } = event;
  if (!result.ok) return verifyAgain(state, event, policy);
  const fresh = state.known.unpublished?.clientId === record.clientId;
  const known = adoptPair(state.known, record);
  const { generation } = record;
  const stored = report({ type: fresh ? 'credentialsRegistered' : 'credentialsRestored', generation });
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
  return step(next.state, stored, ...next.effects);
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
