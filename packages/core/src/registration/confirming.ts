import type { Effect } from './effect.js';
import type { Event, EventOf, Failure } from './event.js';
import { unreadable } from './lookup.js';
import { isFresh, withBound } from './marks.js';
import type { Policy } from './policy.js';
import { adoptPair, forgetPair, reconcile, type Reconciled, type StoringReason } from './reconcile.js';
import type { CredentialsRecord, Slot } from './record.js';
import { freshRun, type Known, type Resting, type Run, type StateOf } from './state.js';
import { after, afterFailedWrite, impossible, report, rest, step, type Step } from './step.js';
import { cacheUnsteady, stored } from './storing.js';

/*
 * Before a call that may bind a viewer: a sign-in on a pair that is not the stored one would be lost. One swap, from the
 * version in memory to the same pair with a newer mark, says whether it still is stored, marks it, and is the write whose
 * durability the cache waits for. It takes no lease, and nothing is registered here.
 */

export function confirmNeeded(state: Resting, event: EventOf<'confirmNeeded'>, policy: Policy): Step {
  const { known } = state;
  const { pair, pairVersion } = known;
  const { now } = event;
  if (pair === null) return impossible(state, event);
  // So it is for a pair that was registered while the cache could not be asked: it counts only where there is no other.
  if (pairVersion === null || isFresh(pair.boundAt, policy.boundMarkFreshMs, now))
    return look(known, freshRun, null);
  return mark(known, freshRun, { record: pair, expected: pairVersion, reason: 'newer' }, now);
}

export function confirming(
  state: StateOf<'confirming'>,
  event: EventOf<'recordsRead' | 'cacheFailed'>,
  policy: Policy,
): Step {
  const { known, doubted } = state;
  if (event.type === 'recordsRead') return settle(state, event.credentials, event, policy);
  const run = afterFailedWrite(state.run, policy);
  return run === null ? unanswered(known, event, policy) : look(known, run, doubted);
}

export function marking(
  state: StateOf<'marking'>,
  event: EventOf<'credentialsSwapped' | 'cacheFailed'>,
  policy: Policy,
): Step {
  const { known, record, reason } = state;
  const run = afterFailedWrite(state.run, policy);
  if (event.type === 'cacheFailed') {
    return run === null ? unanswered(known, event, policy) : look(known, run, record.clientId);
  }
  const { result } = event;
  if (result.ok) {
    return confirmed(adoptPair(known, record, result.version), ...stored(record, reason));
  }
  return run === null
    ? unconfirmed(known, cacheUnsteady(policy))
    : settle({ known, run, doubted: null }, result.current, event, policy);
}

function look(known: Known, run: Run, doubted: string | null): Step {
  return step({ kind: 'confirming', known, run, doubted }, { type: 'readRecords', strong: true });
}

interface Write {
  readonly record: CredentialsRecord;
  readonly expected: string | null;
  readonly reason: StoringReason;
}

function mark(known: Known, run: Run, { record, expected, reason }: Write, now: number): Step {
  const next = withBound(record, now);
  return step(
    { kind: 'marking', known, run, record: next, reason },
    { type: 'swapCredentials', expected, next },
  );
}

type Looking = Pick<StateOf<'confirming'>, 'known' | 'run' | 'doubted'>;

/** What the primary of the cache holds is known: it decides which pair a viewer may be bound to. */
function settle(looking: Looking, slot: Slot<CredentialsRecord>, { now }: Event, policy: Policy): Step {
  const { known, run } = looking;
  const outcome = reconcile(known, slot, now);
  switch (outcome.kind) {
    case 'register':
      // There is a pair in memory, or nothing would be confirmed: so it was forgotten, and whoever waits has the device
      // registered anew.
      return rest(forgetPair(known));
    case 'unreadable':
      return after(
        [report({ type: 'recordUnreadable', record: 'credentials' })],
        unconfirmed(known, unreadable(policy)),
      );
    case 'store':
      return mark(known, run, outcome, now);
    case 'adopt': {
      const { record, orphaned } = outcome;
      const effects: Effect[] = [];
      if (orphaned) effects.push(report({ type: 'credentialsOrphaned' }));
      if (record.clientId !== known.pair?.clientId)
        effects.push(report({ type: 'credentialsChanged', generation: record.generation }));
      return after(effects, adopt(looking, outcome, now, policy));
    }
  }
}

function adopt(
  { known, run, doubted }: Looking,
  { record, version }: Extract<Reconciled, { readonly kind: 'adopt' }>,
  now: number,
  policy: Policy,
): Step {
  const adopted = adoptPair(known, record, version);
  if (isFresh(record.boundAt, policy.boundMarkFreshMs, now)) return confirmed(adopted);
  // The swap that nobody answered has not marked it: it is marked in memory, and by the next write.
  if (doubted === record.clientId) return confirmed({ ...adopted, pair: withBound(record, now) });
  return mark(adopted, run, { record, expected: version, reason: 'newer' }, now);
}

function confirmed(known: Known, ...effects: readonly Effect[]): Step {
  return rest(known, ...effects, { type: 'confirmed' });
}

function unconfirmed(known: Known, failure: Failure): Step {
  return rest(known, { type: 'unconfirmed', failure });
}

/** Nobody answers. A viewer is not bound to a pair that may have been replaced, unless that is better than an error. */
function unanswered(known: Known, event: EventOf<'cacheFailed'>, policy: Policy): Step {
  const { pair } = known;
  return policy.ephemeral && pair !== null
    ? confirmed({ ...known, pair: withBound(pair, event.now) })
    : unconfirmed(known, event.failure);
}
