import { signInOf } from './earlier.js';
import type { EventOf } from './event.js';
import { byWorth } from './meeting.js';
import type { Policy } from './policy.js';
import { nextPair, type CredentialsRecord, type EarlierPair } from './record.js';
import type { Lease, Run, Known, TryingEarlier, Versions } from './state.js';
import { call, fail, step, type Step } from './step.js';

/*
 * An Adobe Pass that forgot pairs may remember them later. A pair that a device has had before is worth a token call: it
 * may carry the viewer's sign-in.
 */

interface Trial {
  readonly known: Known;
  readonly run: Run;
  readonly lease: Lease | null;
  readonly versions: Versions;
  readonly suspect: CredentialsRecord;
  readonly isRefused: boolean;
}

/** Earlier pairs to try before a renewal with `pair`, which works: nobody has signed in with it, but with one of them. */
export function worthTryingFirst(
  pair: CredentialsRecord,
  now: number,
  policy: Policy,
): readonly EarlierPair[] {
  if (signInOf(pair) !== null || now - pair.registeredAt >= policy.earlierFirstForMs) return [];
  return pair.earlier.filter((earlier) => signInOf(earlier) !== null).toSorted(byWorth(now));
}

/** Tries each of `candidates` once; then goes on as if there had been none. */
export function tryEarlier(
  trial: Trial,
  [first, ...others]: readonly EarlierPair[],
  now: number,
  policy: Policy,
): Step {
  const { known, run, lease, versions, suspect, isRefused } = trial;
  const common = { known, run, lease, versions };
  if (first !== undefined) {
    const candidates = [first, ...others] as const;
    return call({ kind: 'tryingEarlier', ...common, suspect, candidates, isRefused }, now, policy);
  }
  if (!isRefused) return call({ kind: 'requestingToken', ...common, pair: suspect }, now, policy);
  return step(
    { kind: 'admittingReplacement', ...common, suspect },
    { type: 'admitRegistration', ephemeral: false },
  );
}

export function tryingEarlier(
  state: TryingEarlier,
  event: EventOf<'tokenIssued' | 'tokenFailed'>,
  policy: Policy,
): Step {
  const { known, run, lease, versions, suspect, isRefused } = state;
  const [candidate, ...others] = state.candidates;
  if (event.type === 'tokenFailed') {
    return event.failure.code === 'client_credentials_rejected'
      ? tryEarlier(state, others, event.now, policy)
      : fail(state, event.failure, event.now, policy);
  }
  const { accessToken, requestedAt, lifeMs } = event;
  const proven = {
    ...{ known, run, lease, versions, suspect },
    replacement: nextPair(candidate, suspect),
    replacementToken: { accessToken, requestedAt, lifeMs },
    isNew: false,
    isRefused,
  };
  return isRefused
    ? call({ kind: 'retryingSuspect', ...proven }, event.now, policy)
    : step({ kind: 'takingPlace', ...proven }, { type: 'takePlace' });
}
