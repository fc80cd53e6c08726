import type { Event } from '../../src/registration/event.js';
import type { State } from '../../src/registration/state.js';
import { transition } from '../../src/registration/transition.js';
import { policy } from './world.js';

type Kind = State['kind'];
type Type = Event['type'];

/** What can be answered in each kind of state; everything else is a defect of the interpreter. Callers may come in all. */
export const answersIn: Readonly<Record<Kind, readonly Type[]>> = {
  resting: ['lossSuspected', 'witnessWanted', 'confirmNeeded', 'signInSeen', 'signOutSeen'],
  reading: ['recordsRead', 'cacheFailed'],
  waiting: ['waited'],
  queueing: ['queuePassed', 'registrationHeldOff', 'registrationFailed'],
  leasing: ['leaseSwapped', 'cacheFailed'],
  verifying: ['recordsRead', 'cacheFailed'],
  extendingLease: ['leaseSwapped', 'cacheFailed'],
  admitting: ['registrationAdmitted', 'registrationHeldOff', 'registrationFailed'],
  registering: ['registered', 'registrationFailed'],
  storingCredentials: ['credentialsSwapped', 'cacheFailed'],
  requestingToken: ['tokenIssued', 'tokenFailed'],
  storingToken: ['tokenSwapped', 'cacheFailed'],
  releasing: ['leaseSwapped', 'cacheFailed'],
  doubting: ['waited'],
  weighing: ['refusalWeighed', 'replacementSuspended'],
  tryingEarlier: ['tokenIssued', 'tokenFailed'],
  admittingReplacement: ['registrationAdmitted', 'registrationHeldOff', 'registrationFailed'],
  registeringReplacement: ['registered', 'registrationFailed'],
  provingReplacement: ['tokenIssued', 'tokenFailed'],
  retryingSuspect: ['tokenIssued', 'tokenFailed'],
  takingPlace: ['placeTaken', 'replacementSuspended'],
  storingReplacement: ['credentialsSwapped', 'cacheFailed'],
  checking: ['recordsRead', 'cacheFailed'],
  restoring: ['credentialsSwapped', 'cacheFailed'],
  confirming: ['recordsRead', 'cacheFailed'],
  marking: ['credentialsSwapped', 'cacheFailed'],
};

const callers: readonly Type[] = ['tokenNeeded', 'tokenRejected'];

const none = { kind: 'absent' } as const;
const failure = {
  code: 'closed',
  message: '',
  retryAfterMs: null,
  adobeStatus: null,
  adobeCode: null,
} as const;
const conflict = { ok: false, current: none } as const;

/** One event of every type. */
const samples: { readonly [Each in Type]: Extract<Event, { readonly type: Each }> } = {
  tokenNeeded: { type: 'tokenNeeded', now: 0 },
  tokenRejected: { type: 'tokenRejected', accessToken: 'token', now: 0 },
  recordsRead: { type: 'recordsRead', credentials: none, token: none, lease: none, now: 0 },
  cacheFailed: { type: 'cacheFailed', failure, now: 0 },
  leaseSwapped: { type: 'leaseSwapped', result: conflict, now: 0 },
  credentialsSwapped: { type: 'credentialsSwapped', result: conflict, now: 0 },
  tokenSwapped: { type: 'tokenSwapped', result: conflict, now: 0 },
  lossSuspected: { type: 'lossSuspected', now: 0 },
  registrationHeldOff: { type: 'registrationHeldOff', failure, now: 0 },
  registrationAdmitted: { type: 'registrationAdmitted', now: 0 },
  queuePassed: { type: 'queuePassed', now: 0 },
  registered: {
    type: 'registered',
    credentials: { clientId: 'client 1', clientSecret: 'secret', registeredAt: 0, statement: 'statement' },
    now: 0,
  },
  registrationFailed: { type: 'registrationFailed', failure, now: 0 },
  tokenIssued: { type: 'tokenIssued', accessToken: 'token', requestedAt: 0, lifeMs: 1, now: 0 },
  tokenFailed: { type: 'tokenFailed', failure, now: 0 },
  refusalWeighed: { type: 'refusalWeighed', againInMs: null, now: 0 },
  placeTaken: { type: 'placeTaken', now: 0 },
  witnessWanted: { type: 'witnessWanted', now: 0 },
  replacementSuspended: { type: 'replacementSuspended', failure, now: 0 },
  waited: { type: 'waited', wanted: true, now: 0 },
  confirmNeeded: { type: 'confirmNeeded', now: 0 },
  signInSeen: { type: 'signInSeen', clientId: 'client 1', now: 0 },
  signOutSeen: { type: 'signOutSeen', clientId: 'client 1', now: 0 },
};

const kinds = Object.keys(answersIn) as readonly Kind[];
const types = Object.keys(samples) as readonly Type[];

/** How often each kind of state met each type of event. */
export class Visits {
  readonly #counts: Map<Kind, Map<Type, number>> = new Map(
    kinds.map((kind) => [kind, new Map<Type, number>(types.map((type) => [type, 0]))]),
  );
  readonly #examples: Map<Kind, State> = new Map();

  count(state: State, type: Type): void {
    const row = this.#counts.get(state.kind);
    if (row === undefined) throw new Error(`${state.kind} is missing in the table of answers`);
    const before = row.get(type) ?? 0;
    if (before === 0) this.#examples.set(state.kind, state);
    row.set(type, before + 1);
  }

  /** One line for each pair that can happen. */
  table(): readonly string[] {
    return kinds.flatMap((kind) =>
      [...callers, ...answersIn[kind]].map(
        (type) => `  ${kind.padEnd(24)}${type.padEnd(22)}${String(this.#of(kind, type)).padStart(10)}`,
      ),
    );
  }

  /**
   * What is wrong: a pair that can happen and did not; a pair declared impossible that did. The reason for every such
   * declaration is the same, namely that no state of that kind awaits that answer; the machine has to share it, by
   * throwing.
   */
  findings(): readonly string[] {
    return kinds.flatMap((kind) => {
      const possible = new Set([...callers, ...answersIn[kind]]);
      return types.flatMap((type) => {
        const visited = this.#of(kind, type) > 0;
        if (possible.has(type)) return visited ? [] : [`${kind} never met ${type}`];
        if (visited) return [`${kind} met ${type}, which is declared impossible`];
        const example = this.#examples.get(kind);
        return example === undefined || throws(example, samples[type])
          ? []
          : [`${kind} accepts ${type}, which is declared impossible`];
      });
    });
  }

  get impossible(): number {
    return (
      kinds.length * types.length - kinds.length * callers.length - Object.values(answersIn).flat().length
    );
  }

  #of(kind: Kind, type: Type): number {
    return this.#counts.get(kind)?.get(type) ?? 0;
  }
}

function throws(state: State, event: Event): boolean {
  try {
    transition(state, event, policy);
    return false;
  } catch {
    return true;
  }
}
