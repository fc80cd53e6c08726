import type { Event } from '../../src/registration/event.js';
import type { Policy } from '../../src/registration/policy.js';
import type { CredentialsRecord } from '../../src/registration/record.js';
import type { State } from '../../src/registration/state.js';
import type { Step } from '../../src/registration/step.js';
import { transition } from '../../src/registration/transition.js';
import type { System } from './interpreter.js';
import type { Budget } from './world.js';

/** Something broken on purpose, and faults among which the model must find out. */
export interface Control {
  readonly name: string;
  readonly broken: Partial<System>;
  readonly processes: number;
  readonly faults: Partial<Budget>;
}

type Transition = typeof transition;

/** The shipped machine, except where `fault` says otherwise. */
function planted(fault: (state: State, event: Event, policy: Policy) => Step | null): Transition {
  return (state, event, policy) => fault(state, event, policy) ?? transition(state, event, policy);
}

const handsOutBeforeStoring = planted((state, event, policy) => {
  if (state.kind !== 'registering' || event.type !== 'registered') return null;
  const shipped = transition(state, event, policy).state;
  if (shipped.kind !== 'storingCredentials') return null;
  const { known, run, lease, versions, record } = shipped;
  return {
    state: { kind: 'requestingToken', known: { ...known, pair: record }, run, lease, versions, pair: record },
    effects: [{ type: 'requestToken', credentials: record }],
  };
});

const absent = { kind: 'absent' } as const;

const takesFailureForAbsence = planted((state, event, policy) =>
  state.kind === 'verifying' && event.type === 'cacheFailed'
    ? transition(
        state,
        { type: 'recordsRead', credentials: absent, token: absent, lease: absent, now: event.now },
        policy,
      )
    : null,
);

const takesUnreadableForAbsent = planted((state, event, policy) =>
  event.type === 'recordsRead' && event.credentials.kind === 'unreadable'
    ? transition(state, { ...event, credentials: absent }, policy)
    : null,
);

const registersOnPlainAbsence = planted((state, event) => {
  if (state.kind !== 'reading' || event.type !== 'recordsRead') return null;
  const { known, run } = state;
  if (known.pair !== null || event.credentials.kind !== 'absent' || event.lease.kind !== 'absent')
    return null;
  return {
    state: { kind: 'admitting', known, run, lease: null, versions: { credentials: null, token: null } },
    effects: [{ type: 'admitRegistration', ephemeral: false }],
  };
});

const replacesWithoutProof = planted((state, event, policy) => {
  if (state.kind === 'requestingToken' && event.type === 'tokenFailed') {
    const { known, run, lease, versions, pair: suspect } = state;
    if (event.failure.code !== 'client_credentials_rejected' || versions === null) return null;
    return {
      state: { kind: 'registeringReplacement', known, run, lease, versions, suspect },
      effects: [{ type: 'register' }],
    };
  }
  if (state.kind !== 'registeringReplacement' || event.type !== 'registered') return null;
  const { known, run, lease, versions, suspect } = state;
  const { clientId, clientSecret, registeredAt, statement, generation } = suspect;
  const replacement: CredentialsRecord = {
    ...event.credentials,
    generation: generation + 1,
    previous: { clientId, clientSecret, registeredAt, statement, generation },
  };
  const replacementToken = {
    accessToken: `token 0 of ${event.credentials.clientId}`,
    requestedAt: event.now,
    lifeMs: policy.leaseMs,
  };
  return {
    state: {
      kind: 'storingReplacement',
      known,
      run,
      lease,
      versions,
      suspect,
      replacement,
      replacementToken,
    },
    effects: [{ type: 'swapCredentials', expected: versions.credentials, next: replacement }],
  };
});

const forgets = (state: State): State => {
  const known = { ...state.known, pair: null };
  return state.kind === 'extendingLease'
    ? { ...state, known, next: { ...state.next, known } }
    : { ...state, known };
};

const adoptsLowerGeneration = planted((state, event, policy) => {
  if (event.type !== 'recordsRead' || event.credentials.kind !== 'stored') return null;
  const { pair } = state.known;
  if (pair === null || event.credentials.record.generation >= pair.generation) return null;
  return transition(forgets(state), event, policy);
});

const deliversRejected = planted((state, event, policy) => {
  if (event.type !== 'recordsRead' || state.known.rejected === null) return null;
  const known = { ...state.known, rejected: null };
  return state.kind === 'reading' || state.kind === 'verifying'
    ? transition({ ...state, known }, event, policy)
    : null;
});

const forgetsWhatItCouldNotStore = planted((state, event, policy) => {
  if (state.kind !== 'storingCredentials' || event.type !== 'cacheFailed') return null;
  const shipped = transition(state, event, policy);
  const known = { ...shipped.state.known, unpublished: null };
  return shipped.state.kind === 'verifying' ? { ...shipped, state: { ...shipped.state, known } } : null;
});

const neverExtendsTheLease = planted((state, event, policy) => {
  const { state: next } = transition(state, event, policy);
  if (next.kind !== 'extendingLease' || state.kind === 'extendingLease') return null;
  const version = next.next.lease?.version ?? null;
  return transition(next, { type: 'leaseSwapped', result: { ok: true, version }, now: event.now }, policy);
});

const putsBackWhatWasReplaced = planted((state, event) => {
  if (state.kind !== 'checking' || event.type !== 'recordsRead') return null;
  const { known, run } = state;
  const { credentials } = event;
  if (credentials.kind !== 'stored' || known.pair === null) return null;
  if (credentials.record.clientId === known.pair.clientId) return null;
  return {
    state: { kind: 'restoring', known, run, record: known.pair },
    effects: [{ type: 'swapCredentials', expected: credentials.version, next: known.pair }],
  };
});

export const controls: readonly Control[] = [
  {
    name: 'the store carries out a swap of credentials as a plain set',
    broken: { swapCredentials: 'set' },
    processes: 2,
    faults: { pause: 1 },
  },
  {
    name: 'the store replaces credentials by deleting and then setting',
    broken: { swapCredentials: 'deleteThenSet' },
    processes: 2,
    faults: { pause: 1, kill: 1 },
  },
  {
    name: 'a strong read is answered like a plain one, by a replica that lags',
    broken: { strongRead: false },
    processes: 2,
    faults: {},
  },
  {
    name: 'the machine hands a pair out before it is stored',
    broken: { transition: handsOutBeforeStoring },
    processes: 2,
    faults: {},
  },
  {
    name: 'the machine takes a failed strong read for an absence',
    broken: { transition: takesFailureForAbsence },
    processes: 2,
    faults: { lost: 1 },
  },
  {
    name: 'the machine takes an unreadable record for an absent one',
    broken: { transition: takesUnreadableForAbsent },
    processes: 2,
    faults: { unreadable: 2 },
  },
  {
    name: 'the machine registers because a plain read found nothing',
    broken: { transition: registersOnPlainAbsence },
    processes: 2,
    faults: {},
  },
  {
    name: 'the machine replaces a pair after one refusal, without proof',
    broken: { transition: replacesWithoutProof },
    processes: 2,
    faults: { refusal: 1 },
  },
  {
    name: 'the machine goes back to a lower generation',
    broken: { transition: adoptsLowerGeneration },
    processes: 2,
    faults: { kill: 1, stale: 1 },
  },
  {
    name: 'the machine hands out the token that a 401 has named',
    broken: { transition: deliversRejected },
    processes: 2,
    faults: { reject: 1 },
  },
  {
    name: 'the machine forgets a pair whose writing failed',
    broken: { transition: forgetsWhatItCouldNotStore },
    processes: 2,
    faults: { lost: 1 },
  },
  {
    name: 'the machine calls without making its lease outlast the call',
    broken: { transition: neverExtendsTheLease },
    processes: 2,
    faults: { slow: 2, kill: 1 },
  },
  {
    name: 'the machine puts its pair back over the one that has replaced it',
    broken: { transition: putsBackWhatWasReplaced },
    processes: 2,
    faults: { kill: 1, recheck: 1 },
  },
];
