import { isPending, type Effect } from '../../src/registration/effect.js';
import type { Event } from '../../src/registration/event.js';
import { withBound } from '../../src/registration/marks.js';
import type { Policy } from '../../src/registration/policy.js';
import { noMarks, nextPair, type CredentialsRecord } from '../../src/registration/record.js';
import type { State } from '../../src/registration/state.js';
import { after, type Step } from '../../src/registration/step.js';
import { transition } from '../../src/registration/transition.js';
import type { System } from './interpreter.js';
import type { Budget } from './world.js';

/** Something broken on purpose, and faults among which the model must find out. */
export interface Control {
  readonly name: string;
  /** The invariant that has to find it out. */
  readonly by: Invariant;
  readonly broken: Partial<System>;
  readonly processes: number;
  readonly faults: Partial<Budget>;
  readonly elsewhere?: boolean;
}

type Invariant =
  ('I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I10' | 'I11' | 'I12' | 'I13' | 'I14') | 'liveness';

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
    effects: [{ type: 'endAdmission' }, { type: 'requestToken', credentials: record, isTrial: false }],
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
      state: { kind: 'admittingReplacement', known, run, lease, versions, suspect },
      effects: [{ type: 'admitRegistration', ephemeral: false }],
    };
  }
  if (state.kind !== 'registeringReplacement' || event.type !== 'registered') return null;
  const { known, run, lease, versions, suspect } = state;
  const replacement = nextPair(event.credentials, suspect);
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
      isNew: true,
      isRefused: true,
    },
    effects: [
      { type: 'endAdmission' },
      { type: 'swapCredentials', expected: versions.credentials, next: replacement },
    ],
  };
});

function confirmAnyway(known: State['known'], now: number): Step | null {
  const { pair } = known;
  if (pair === null) return null;
  return {
    state: { kind: 'resting', known: { ...known, pair: withBound(pair, now) } },
    effects: [{ type: 'confirmed' }],
  };
}

const confirmsFromMemory = planted((state, event) =>
  event.type === 'confirmNeeded' ? confirmAnyway(state.known, event.now) : null,
);

const confirmsUnanswered = planted((state, event) =>
  state.kind === 'marking' && event.type === 'cacheFailed' ? confirmAnyway(state.known, event.now) : null,
);

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
  const { state: next, effects } = transition(state, event, policy);
  if (next.kind !== 'extendingLease' || state.kind === 'extendingLease') return null;
  const version = next.next.lease?.version ?? null;
  const extended = { type: 'leaseSwapped', result: { ok: true, version }, now: event.now } as const;
  const done = effects.filter((effect) => !isPending(effect));
  return after(done, transition(next, extended, policy));
});

const putsBackWhatWasReplaced = planted((state, event) => {
  if (state.kind !== 'checking' || event.type !== 'recordsRead') return null;
  const { known, run } = state;
  const { credentials } = event;
  if (credentials.kind !== 'stored' || known.pair === null) return null;
  if (credentials.record.clientId === known.pair.clientId) return null;
  return {
    state: { kind: 'restoring', known, run, record: known.pair, reason: 'lost' },
    effects: [{ type: 'swapCredentials', expected: credentials.version, next: known.pair }],
  };
});

const replacesBesideAToken = planted((state, event) => {
  if (state.kind !== 'requestingToken' || event.type !== 'tokenFailed' || state.versions === null)
    return null;
  if (event.failure.code !== 'client_credentials_rejected') return null;
  const { known, run, lease, versions, pair: suspect } = state;
  return {
    state: { kind: 'weighing', known, run, lease, versions, suspect },
    effects: [{ type: 'weighRefusal', suspect }],
  };
});

const unmarked = (record: CredentialsRecord): CredentialsRecord => ({ ...record, ...noMarks });

/** What is met later is compared without its marks, so that the generation decides. */
const decidesByGeneration = planted((state, event, policy) => {
  if (event.type !== 'recordsRead' || event.credentials.kind !== 'stored') return null;
  const { pair } = state.known;
  const { record } = event.credentials;
  if (pair === null || pair.clientId === record.clientId) return null;
  if (state.kind !== 'reading' && state.kind !== 'verifying' && state.kind !== 'checking') return null;
  const known = { ...state.known, pair: unmarked(pair) };
  const credentials = { ...event.credentials, record: unmarked(record) };
  return transition({ ...state, known }, { ...event, credentials }, policy);
});

const forgetsEarlierPairs = planted((state, event, policy) => {
  if (event.type !== 'recordsRead' || event.credentials.kind !== 'stored') return null;
  const { record } = event.credentials;
  if (record.earlier.length === 0) return null;
  const credentials = { ...event.credentials, record: { ...record, earlier: [] } };
  return transition(state, { ...event, credentials }, policy);
});

/** The shipped machine, which leaves out or adds effects that nobody waits for. */
function saying(edit: (step: Step, state: State) => Step['effects']): Transition {
  return (state, event, policy) => {
    const shipped = transition(state, event, policy);
    return { ...shipped, effects: edit(shipped, state) };
  };
}

const without = (type: Effect['type']): Transition =>
  saying(({ effects }) => effects.filter((effect) => effect.type !== type));

const endsAdmissionTooSoon = saying(({ effects, state: next }, state) =>
  state.kind !== 'registering' && next.kind === 'registering'
    ? [{ type: 'endAdmission' }, ...effects]
    : effects,
);

export const controls: readonly Control[] = [
  {
    name: 'the machine replaces a refused pair beside a usable token',
    by: 'I12',
    broken: { transition: replacesBesideAToken },
    processes: 1,
    faults: { kill: 1 },
  },
  {
    name: 'the verdict on a refused pair rests on what others are told elsewhere',
    by: 'I2',
    broken: { witnesses: false },
    processes: 2,
    faults: {},
    elsewhere: true,
  },
  {
    name: 'of two pairs the one of the higher generation counts, whoever signed in with which',
    by: 'I13',
    broken: { transition: decidesByGeneration },
    processes: 2,
    faults: { signIn: 1, stale: 2 },
  },
  {
    name: 'the machine does not try the pairs that the device had before',
    by: 'I13',
    broken: { transition: forgetsEarlierPairs },
    processes: 2,
    faults: { forget: 2, signIn: 1 },
  },
  {
    name: 'the machine counts a change of the pair that did not come about',
    by: 'liveness',
    broken: { transition: without('placeUnused') },
    processes: 2,
    faults: { signIn: 1, kill: 1, stale: 1 },
  },
  {
    name: 'the store carries out a swap of credentials as a plain set',
    by: 'I2',
    broken: { swapCredentials: 'set' },
    processes: 2,
    faults: { pause: 1 },
  },
  {
    name: 'the store replaces credentials by deleting and then setting',
    by: 'I2',
    broken: { swapCredentials: 'deleteThenSet' },
    processes: 2,
    faults: { pause: 1, kill: 1 },
  },
  {
    name: 'a strong read is answered like a plain one, by a replica that lags',
    by: 'I3',
    broken: { strongRead: false },
    processes: 2,
    faults: {},
  },
  {
    name: 'the machine hands a pair out before it is stored',
    by: 'I4',
    broken: { transition: handsOutBeforeStoring },
    processes: 2,
    faults: {},
  },
  {
    name: 'the machine takes a failed strong read for an absence',
    by: 'I3',
    broken: { transition: takesFailureForAbsence },
    processes: 2,
    faults: { lost: 1 },
  },
  {
    name: 'the machine takes an unreadable record for an absent one',
    by: 'I3',
    broken: { transition: takesUnreadableForAbsent },
    processes: 2,
    faults: { unreadable: 2 },
  },
  {
    name: 'the machine registers because a plain read found nothing',
    by: 'I5',
    broken: { transition: registersOnPlainAbsence },
    processes: 2,
    faults: {},
  },
  {
    name: 'the machine replaces a pair after one refusal, without proof',
    by: 'I2',
    broken: { transition: replacesWithoutProof },
    processes: 2,
    faults: { refusal: 1 },
  },
  {
    name: 'the machine goes back to a lower generation',
    by: 'I2',
    broken: { transition: adoptsLowerGeneration },
    processes: 2,
    faults: { kill: 1, stale: 1 },
  },
  {
    name: 'the machine hands out the token that a 401 has named',
    by: 'I6',
    broken: { transition: deliversRejected },
    processes: 2,
    faults: { reject: 1 },
  },
  {
    name: 'the machine forgets a pair whose writing failed',
    by: 'I3',
    broken: { transition: forgetsWhatItCouldNotStore },
    processes: 2,
    faults: { lost: 1 },
  },
  {
    name: 'the machine calls without making its lease outlast the call',
    by: 'I5',
    broken: { transition: neverExtendsTheLease },
    processes: 2,
    faults: { slow: 2, kill: 1 },
  },
  {
    name: 'the machine puts its pair back over the one that has replaced it',
    by: 'I2',
    broken: { transition: putsBackWhatWasReplaced },
    processes: 2,
    faults: { kill: 1, recheck: 1 },
  },
  {
    name: 'the machine keeps its place after it has registered',
    by: 'I10',
    broken: { transition: without('endAdmission') },
    processes: 1,
    faults: {},
  },
  {
    name: 'the machine gives its place back before it registers',
    by: 'I10',
    broken: { transition: endsAdmissionTooSoon },
    processes: 1,
    faults: {},
  },
  {
    name: 'the machine stores a new pair, and nobody looks after it',
    by: 'I11',
    broken: { transition: without('pairStored') },
    processes: 1,
    faults: {},
  },
  {
    name: 'the machine puts a lost pair back, and nobody looks for others',
    by: 'I11',
    broken: { transition: without('pairRestored') },
    processes: 2,
    faults: { stale: 1 },
  },
  {
    name: 'the machine gets no answer to its look, and nobody looks again',
    by: 'I11',
    broken: { transition: without('checkUnanswered') },
    processes: 1,
    faults: { recheck: 1, lost: 1 },
  },
  {
    name: 'the machine binds a viewer to the pair in memory, and does not look',
    by: 'I14',
    broken: { transition: confirmsFromMemory },
    processes: 1,
    faults: { bind: 1, stale: 1 },
  },
  {
    name: 'the machine gets no answer to its mark, and binds a viewer all the same',
    by: 'I14',
    broken: { transition: confirmsUnanswered },
    processes: 1,
    faults: { bind: 1, lost: 1, stale: 1 },
  },
];
