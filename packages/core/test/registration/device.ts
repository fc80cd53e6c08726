import { isPending, type Effect, type PendingEffect } from '../../src/registration/effect.js';
import type { Event, Failure, FailureCode } from '../../src/registration/event.js';
import type { Policy } from '../../src/registration/policy.js';
import { defaultPolicy } from './defaultPolicy.js';
import type { CredentialsRecord, LeaseRecord, Slot, TokenRecord } from '../../src/registration/record.js';
import { initialState, type Known, type State, type StateOf } from '../../src/registration/state.js';
import { holdToken, type HeldToken } from '../../src/registration/token.js';
import { transition } from '../../src/registration/transition.js';

export const startedAt = 1_800_000_000_000;
export const hourMs = 3_600_000;
/** What Adobe Pass gives a token to live. */
export const lifeMs = 6 * hourMs;

export const absent = { kind: 'absent' } as const;
export const unreadable = { kind: 'unreadable', version: 'unreadable' } as const;

export function stored<Value>(record: Value, version = 'stored'): Slot<Value> {
  return { kind: 'stored', record, version };
}

export function pair(clientId: string, generation = 1): CredentialsRecord {
  return {
    clientId,
    clientSecret: `secret of ${clientId}`,
    registeredAt: startedAt - 24 * hourMs,
    statement: 'statement',
    generation,
    boundAt: null,
    signedInAt: null,
    signedOutAt: null,
    earlier: [],
  };
}

/** A token of `owner` that was issued `ageMs` before the start. */
export function tokenFor(owner: CredentialsRecord, ageMs = 0, life = lifeMs): TokenRecord {
  const issuedAt = startedAt - ageMs;
  return {
    clientId: owner.clientId,
    accessToken: `token of ${owner.clientId} aged ${ageMs}`,
    issuedAt,
    expiresAt: issuedAt + life,
  };
}

/** That token as the first device of the spread holds it. */
export function heldFor(owner: CredentialsRecord, ageMs = 0, life = lifeMs): HeldToken {
  return holdToken(tokenFor(owner, ageMs, life), 0, defaultPolicy);
}

/** Ages at which a token of `lifeMs` is due for renewal, too close to its expiry to be handed out, and expired. */
export const ages = { due: 0.7 * lifeMs, inMargin: lifeMs - 30_000, expired: lifeMs } as const;

export function failure(code: FailureCode, retryAfterMs: number | null = null): Failure {
  return { code, message: `because of ${code}`, retryAfterMs, adobeStatus: null, adobeCode: null };
}

type WithoutTime<Each> = Each extends Event ? Omit<Each, 'now'> : never;
export type Happening = WithoutTime<Event>;

const callers: readonly Event['type'][] = ['tokenNeeded', 'tokenRejected'];

/** What the cache shows to a read. */
export interface Shown {
  readonly credentials: Slot<CredentialsRecord>;
  readonly token: Slot<TokenRecord>;
  readonly lease: Slot<LeaseRecord>;
}

export const nothing: Shown = { credentials: absent, token: absent, lease: absent };

/**
 * One device in one process. Tests answer what they are about; `goTo` answers everything before it in the usual way: the
 * cache shows `shown` and takes what it is given, and Adobe Pass refuses nothing but the pairs in `refused`.
 */
export class Device {
  now = startedAt;
  state: State;
  shown: Shown = nothing;
  refused: readonly string[] = [];
  effects: readonly Effect[] = [];
  #pending: PendingEffect | null = null;
  #answers = 0;

  constructor(
    known: Partial<Known> = {},
    readonly policy: Policy = defaultPolicy,
  ) {
    const initial = initialState(0);
    this.state = { ...initial, known: { ...initial.known, ...known } };
  }

  get known(): Known {
    return this.state.known;
  }

  /** What has to be answered next. */
  get pending(): PendingEffect {
    if (this.#pending === null) throw new Error(`nothing is pending in ${this.state.kind}`);
    return this.#pending;
  }

  send(happening: Happening): readonly Effect[] {
    const { state, effects } = transition(this.state, { ...happening, now: this.now }, this.policy);
    this.state = state;
    this.effects = effects;
    const pending = effects.find(isPending) ?? null;
    if (pending !== null || !callers.includes(happening.type)) this.#pending = pending;
    return effects;
  }

  answerAsUsual(): readonly Effect[] {
    return this.send(this.#usualAnswer(this.pending));
  }

  goTo<Kind extends State['kind']>(kind: Kind): StateOf<Kind> {
    if (this.state.kind === 'resting') this.send({ type: 'tokenNeeded' });
    for (let steps = 0; this.state.kind !== kind; steps += 1) {
      if (steps === 30) throw new Error(`${kind} is not on the way; it led to ${this.state.kind}`);
      this.answerAsUsual();
    }
    return this.state as StateOf<Kind>;
  }

  /** Answers as usual until nothing is pending. */
  settle(): readonly Effect[] {
    const all = [...this.effects];
    while (this.state.kind !== 'resting') all.push(...this.answerAsUsual());
    return all;
  }

  #usualAnswer(effect: PendingEffect): Happening {
    this.#answers += 1;
    switch (effect.type) {
      case 'readRecords':
        return { type: 'recordsRead', ...this.shown };
      case 'swapLease':
        return {
          type: 'leaseSwapped',
          result: { ok: true, version: effect.next === null ? null : `lease ${this.#answers}` },
        };
      case 'swapCredentials':
        return { type: 'credentialsSwapped', result: { ok: true, version: 'written' } };
      case 'swapToken':
        return { type: 'tokenSwapped', result: { ok: true, version: 'written' } };
      case 'queueToRegister':
        return { type: 'queuePassed' };
      case 'admitRegistration':
        return { type: 'registrationAdmitted' };
      case 'register': {
        const { clientId, clientSecret, registeredAt, statement } = pair('registered');
        return { type: 'registered', credentials: { clientId, clientSecret, registeredAt, statement } };
      }
      case 'requestToken': {
        const { clientId } = effect.credentials;
        return this.refused.includes(clientId)
          ? { type: 'tokenFailed', failure: failure('client_credentials_rejected') }
          : { type: 'tokenIssued', accessToken: `issued to ${clientId}`, requestedAt: this.now, lifeMs };
      }
      case 'weighRefusal':
        return { type: 'refusalWeighed', againInMs: this.known.refusals < 3 ? 1_000 : null };
      case 'takePlace':
        return { type: 'placeTaken' };
      case 'wait':
        this.now += effect.delayMs;
        return { type: 'waited', wanted: true };
    }
  }
}
