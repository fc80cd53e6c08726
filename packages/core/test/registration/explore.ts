import { isPending, type Effect, type PendingEffect } from '../../src/registration/effect.js';
import type { Event, Failure, FailureCode } from '../../src/registration/event.js';
import type { Policy } from '../../src/registration/policy.js';
import { defaultPolicy } from './defaultPolicy.js';
import type { CredentialsRecord, LeaseRecord, Slot, TokenRecord } from '../../src/registration/record.js';
import { initialState, type State } from '../../src/registration/state.js';
import { transition } from '../../src/registration/transition.js';

const lifeMs = 21_600_000;
/** At the start, when a renewal is due (and any lease is over), and after expiry. */
const instants = [0, 18_000_000, 22_000_000] as const;

export const policy: Policy = { ...defaultPolicy, attempts: 2, storeAttempts: 2 };

const mostGenerations = 2;

type Answer = Event extends infer Each ? (Each extends Event ? Omit<Each, 'now'> : never) : never;

const failure = (code: FailureCode): Failure => ({
  code,
  message: code,
  retryAfterMs: null,
  adobeStatus: null,
  adobeCode: null,
});

const credentials = (clientId: string, generation: number): CredentialsRecord => ({
  clientId,
  clientSecret: 'secret',
  registeredAt: 0,
  statement: 'statement',
  generation,
  boundAt: null,
  signedInAt: null,
  signedOutAt: null,
  earlier: [],
});

const stored = <Value>(record: Value): Slot<Value> => ({ kind: 'stored', record, version: 'v' });
const absent = { kind: 'absent' } as const;
const unreadable = { kind: 'unreadable', version: 'v' } as const;

const pairs: readonly Slot<CredentialsRecord>[] = [
  absent,
  unreadable,
  stored(credentials('a', 1)),
  stored(credentials('b', 1)),
  stored(credentials('c', 2)),
];

const token = (clientId: string, issuedAt: number): Slot<TokenRecord> =>
  stored({
    clientId,
    accessToken: `${clientId}@${issuedAt}`,
    issuedAt,
    expiresAt: issuedAt + lifeMs,
  });

const leases = (now: number): readonly Slot<LeaseRecord>[] => [
  absent,
  stored({ kind: 'work', until: now + 5_000, forMs: 5_000, code: null }),
  stored({ kind: 'cooldown', until: now + 1_000, forMs: 1_000, code: 'upstream_throttled' }),
];

/** Everything that may be answered to an effect. */
function answersTo(effect: PendingEffect, pair: CredentialsRecord | null, now: number): readonly Answer[] {
  const heldOff = {
    type: 'registrationHeldOff',
    failure: { ...failure('cache_unavailable'), retryAfterMs: 2_000 },
  } as const;
  const cacheFailed = { type: 'cacheFailed', failure: failure('cache_unavailable') } as const;
  switch (effect.type) {
    case 'readRecords':
      return [
        ...pairs.flatMap((found) => {
          const tokens =
            found.kind === 'stored'
              ? [
                  absent,
                  unreadable,
                  token(found.record.clientId, now),
                  token(found.record.clientId, now - 18_000_000),
                ]
              : [absent];
          return tokens.flatMap((held) =>
            leases(now).map(
              (lease) => ({ type: 'recordsRead', credentials: found, token: held, lease }) as const,
            ),
          );
        }),
        cacheFailed,
      ];
    case 'swapLease':
      return [
        { type: 'leaseSwapped', result: { ok: true, version: effect.next === null ? null : 'lease' } },
        ...leases(now).map((current) => ({ type: 'leaseSwapped', result: { ok: false, current } }) as const),
        cacheFailed,
      ];
    case 'swapCredentials':
      return [
        { type: 'credentialsSwapped', result: { ok: true, version: 'v' } },
        ...pairs.map((current) => ({ type: 'credentialsSwapped', result: { ok: false, current } }) as const),
        cacheFailed,
      ];
    case 'swapToken':
      return [
        { type: 'tokenSwapped', result: { ok: true, version: 'v' } },
        { type: 'tokenSwapped', result: { ok: false, current: absent } },
        { type: 'tokenSwapped', result: { ok: false, current: token('a', now) } },
        cacheFailed,
      ];
    case 'queueToRegister':
      return [
        { type: 'queuePassed' },
        heldOff,
        { type: 'registrationFailed', failure: failure('registration_limited') },
      ];
    case 'admitRegistration':
      return [
        { type: 'registrationAdmitted' },
        heldOff,
        { type: 'registrationFailed', failure: failure('software_statement_rejected') },
      ];
    case 'register':
      return [
        { type: 'registered', credentials: credentials(pair === null ? 'a' : `after ${pair.clientId}`, 1) },
        { type: 'registrationFailed', failure: failure('software_statement_rejected') },
        { type: 'registrationFailed', failure: failure('upstream_throttled') },
      ];
    case 'requestToken':
      return [
        { type: 'tokenIssued', accessToken: `issued@${now}`, requestedAt: now, lifeMs },
        { type: 'tokenIssued', accessToken: `short@${now}`, requestedAt: now, lifeMs: 1_000 },
        { type: 'tokenFailed', failure: failure('client_credentials_rejected') },
        { type: 'tokenFailed', failure: failure('upstream_unavailable') },
        { type: 'tokenFailed', failure: failure('token_refused') },
      ];
    case 'weighRefusal':
      return [
        { type: 'refusalWeighed', againInMs: 1_000 },
        { type: 'refusalWeighed', againInMs: null },
        { type: 'replacementSuspended', failure: failure('replacement_suspended') },
      ];
    case 'takePlace':
      return [
        { type: 'placeTaken' },
        { type: 'replacementSuspended', failure: failure('replacement_suspended') },
      ];
    case 'wait':
      return [
        { type: 'waited', wanted: true },
        { type: 'waited', wanted: false },
      ];
  }
}

export function pendingOf(effects: readonly Effect[]): readonly PendingEffect[] {
  return effects.filter(isPending);
}

export interface Visit {
  readonly from: State;
  readonly event: Event;
  readonly to: State;
  readonly effects: readonly Effect[];
}

/**
 * Walks the machine breadth first over every kind of answer to every effect, at every instant that matters, and shows
 * each step to `visit`. Of the states that differ in nothing a decision depends on, one stands for all.
 * Returns how many it stood on.
 */
export function explore(visit: (visit: Visit) => void): number {
  interface Node {
    readonly state: State;
    readonly pending: PendingEffect | null;
    readonly instant: number;
  }
  const start: Node = { state: initialState(0.5), pending: null, instant: 0 };
  const seen = new Set([essence(start.state, start.instant)]);
  const queue: Node[] = [start];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    for (let instant = node.instant; instant < instants.length; instant += 1) {
      const now = instants[instant] ?? 0;
      const callers: Answer[] = [{ type: 'tokenNeeded' }, { type: 'tokenRejected', accessToken: 'unknown' }];
      const held = node.state.known.token;
      if (held !== null) callers.push({ type: 'tokenRejected', accessToken: held.accessToken });
      const answers =
        node.pending === null
          ? [...callers, ...happeningsAtRest(node.state)]
          : [...callers, ...answersTo(node.pending, node.state.known.pair, now)];
      for (const answer of answers) {
        const event: Event = { ...answer, now };
        const { state, effects } = transition(node.state, event, policy);
        visit({ from: node.state, event, to: state, effects });
        const answered = !callers.includes(answer);
        const pending = pendingOf(effects)[0] ?? (answered ? null : node.pending);
        const name = essence(state, instant);
        if (seen.has(name) || (state.known.pair?.generation ?? 0) > mostGenerations) continue;
        seen.add(name);
        queue.push({ state, pending, instant });
      }
    }
  }
  return seen.size;
}

/** What happens to a device that is not at work, besides its callers. */
function happeningsAtRest({ known: { pair } }: State): readonly Answer[] {
  const always: readonly Answer[] = [{ type: 'lossSuspected' }, { type: 'witnessWanted' }];
  if (pair === null) return always;
  const { clientId } = pair;
  return [
    ...always,
    { type: 'confirmNeeded' },
    { type: 'signInSeen', clientId },
    { type: 'signOutSeen', clientId },
  ];
}

function essence(state: State, instant: number): string {
  const now = instants[instant] ?? 0;
  const { pair, unpublished, token: held, rejected, forcedAt, failures, refusals } = state.known;
  const inner = state.kind === 'extendingLease' ? state.next : state;
  const run = 'run' in inner ? inner.run : null;
  return JSON.stringify([
    state.kind,
    inner.kind,
    pair?.clientId,
    state.known.pairVersion !== null,
    state.kind === 'resting' &&
      pair !== null &&
      pair.boundAt !== null &&
      now - pair.boundAt < policy.boundMarkFreshMs,
    'doubted' in state && state.doubted,
    unpublished?.clientId,
    held === null ? null : [now < held.renewAt, now < held.servableUntil, now < held.expiresAt],
    rejected !== null,
    forcedAt !== null && now - forcedAt < policy.forcedRefreshIntervalMs,
    Math.min(failures, 1),
    Math.min(refusals, 1),
    run?.isWitness,
    'isRefused' in inner && inner.isRefused,
    'isNew' in inner && inner.isNew,
    'candidates' in inner && inner.candidates.length,
    run?.attempts,
    run?.storeAttempts,
    'lease' in inner && inner.lease !== null && inner.lease.until - now >= policy.upstreamTimeoutMs,
    'lease' in inner && inner.lease === null,
    'versions' in inner && inner.versions === null,
    state.kind === 'releasing' && state.next.kind,
    instant,
  ]);
}
