import { earlierOf, keepEarlier, signInOf } from './earlier.js';
import { byWorth } from './meeting.js';
import type { Effect } from './effect.js';
import type { EventOf, Failure } from './event.js';
import { failure } from './failure.js';
import { deliverIssued } from './issuing.js';
import type { Policy } from './policy.js';
import { adoptPair } from './reconcile.js';
import { nextPair, type CredentialsRecord } from './record.js';
import type {
  Known,
  ProvingReplacement,
  RegisteringReplacement,
  RequestingToken,
  RetryingSuspect,
  StateOf,
  StoringReplacement,
  TakingPlace,
  Versions,
} from './state.js';
import { after, afterFailedWrite, call, fail, report, step, type Step } from './step.js';
import { tryEarlier } from './tryingEarlier.js';

/*
 * Replacing a pair signs its viewer out, so it takes all of this: the device has no usable token; the evidence holds,
 * which others weigh who see more than one device; none of the pairs that the device had before works; a new pair proves
 * itself by obtaining a token; the old pair is tried a last time; a place is taken among the few that may be changed in
 * the fleet; and only then does one swap put the new pair in the old one's place, with the old one inside. Until that swap
 * nothing has changed anywhere.
 */

/** `invalid_client` for the stored pair: the only way into a replacement. */
export function doubtPair(
  state: RequestingToken,
  versions: Versions,
  { failure: refused, now }: EventOf<'tokenFailed'>,
  policy: Policy,
): Step {
  const { run, lease, pair: suspect } = state;
  const known: Known = { ...state.known, refusals: state.known.refusals + 1 };
  const told = report({ type: 'credentialsRefused', refusals: known.refusals });
  const { token } = known;
  if (token !== null && now < token.expiresAt) {
    return after([told], fail({ known, run, lease }, refused, now, policy));
  }
  return step({ kind: 'weighing', known, run, lease, versions, suspect }, told, {
    type: 'weighRefusal',
    suspect,
  });
}

export function weighing(
  state: StateOf<'weighing'>,
  event: EventOf<'refusalWeighed' | 'replacementSuspended'>,
  policy: Policy,
): Step {
  if (event.type === 'replacementSuspended') return suspended(state, event, policy);
  const { againInMs: delayMs } = event;
  if (delayMs !== null) {
    const told = failure('client_credentials_rejected', beingTried, { retryAfterMs: delayMs });
    return step({ ...state, kind: 'doubting' }, { type: 'wait', delayMs, failure: told });
  }
  const { suspect, known } = state;
  const candidates = suspect.earlier.toSorted(byWorth(event.now));
  return tryEarlier({ ...state, known, isRefused: true }, candidates, event.now, policy);
}

const beingTried = 'Adobe Pass refuses the credentials of the device; they are being tried again';

/** Nothing is changed, and whoever asks is told for how long. */
export function suspended(
  state: StateOf<'weighing' | 'admittingReplacement' | 'takingPlace'>,
  { failure: told, now }: { readonly failure: Failure; readonly now: number },
  policy: Policy,
): Step {
  return after(
    [report({ type: 'replacementSuspended', reason: told.message })],
    fail(state, told, now, policy),
  );
}

export function doubting(state: StateOf<'doubting'>, event: EventOf<'waited'>, policy: Policy): Step {
  const { known, run, lease, versions, suspect: pair } = state;
  return call({ kind: 'requestingToken', known, run, lease, versions, pair }, event.now, policy);
}

export function registeringReplacement(
  state: RegisteringReplacement,
  event: EventOf<'registered' | 'registrationFailed'>,
  policy: Policy,
): Step {
  if (event.type === 'registrationFailed') return fail(state, event.failure, event.now, policy);
  const replacement = nextPair(event.credentials, state.suspect);
  return call({ ...state, kind: 'provingReplacement', replacement }, event.now, policy);
}

const orphaned = report({ type: 'credentialsOrphaned' });

export function provingReplacement(
  state: ProvingReplacement,
  event: EventOf<'tokenIssued' | 'tokenFailed'>,
  policy: Policy,
): Step {
  if (event.type === 'tokenFailed') return after([orphaned], fail(state, event.failure, event.now, policy));
  const { accessToken, requestedAt, lifeMs } = event;
  const replacementToken = { accessToken, requestedAt, lifeMs };
  const proven = { ...state, replacementToken, isNew: true, isRefused: true };
  return call({ ...proven, kind: 'retryingSuspect' }, event.now, policy);
}

export function retryingSuspect(
  state: RetryingSuspect,
  event: EventOf<'tokenIssued' | 'tokenFailed'>,
  policy: Policy,
): Step {
  const dropped = state.isNew ? [orphaned] : [];
  if (event.type === 'tokenIssued') {
    const issued = { pair: state.suspect, versions: state.versions, issued: event };
    return after(dropped, deliverIssued(state, issued, event.now, policy));
  }
  if (event.failure.code !== 'client_credentials_rejected') {
    return after(dropped, fail(state, event.failure, event.now, policy));
  }
  return step({ ...state, kind: 'takingPlace' }, { type: 'takePlace' });
}

export function takingPlace(
  state: TakingPlace,
  event: EventOf<'placeTaken' | 'replacementSuspended'>,
  policy: Policy,
): Step {
  if (event.type === 'placeTaken') {
    const replacement = rememberingAll(state.replacement, state.known.pair);
    return storeReplacement(
      { ...state, kind: 'storingReplacement', replacement },
      state.versions.credentials,
    );
  }
  if (state.isRefused) return after(state.isNew ? [orphaned] : [], suspended(state, event, policy));
  const { known, run, lease, versions, suspect: pair } = state;
  return call({ kind: 'requestingToken', known, run, lease, versions, pair }, event.now, policy);
}

/** A viewer may have signed in with the pair that is given up since this run has read it. */
function rememberingAll(replacement: CredentialsRecord, given: CredentialsRecord | null): CredentialsRecord {
  if (given === null) return replacement;
  const earlier = keepEarlier(replacement.clientId, [...replacement.earlier, earlierOf(given)]);
  return { ...replacement, earlier };
}

function storeReplacement(state: StoringReplacement, expected: string | null): Step {
  return step(state, { type: 'swapCredentials', expected, next: state.replacement });
}

export function storingReplacement(
  state: StoringReplacement,
  event: EventOf<'credentialsSwapped' | 'cacheFailed'>,
  policy: Policy,
): Step {
  const { known, run, lease, replacement, replacementToken, versions, isNew } = state;
  const again = afterFailedWrite(run, policy);
  if (event.type === 'cacheFailed') {
    // It may or may not be stored. A strong read finds out: the new pair's record names the old one, so it counts.
    return again === null
      ? fail(state, event.failure, event.now, policy)
      : step({ kind: 'verifying', known, run: again, lease }, { type: 'readRecords', strong: true });
  }
  const { result } = event;
  if (result.ok) {
    const replaced: Known = { ...adoptPair(known, replacement, result.version), rejected: null };
    const issued = { pair: replacement, versions, issued: replacementToken };
    return after(
      [
        { type: 'pairStored' },
        { type: 'changedPairServed', credentials: replacement },
        changed(replacement, isNew),
      ],
      deliverIssued({ known: replaced, run, lease }, issued, event.now, policy),
    );
  }
  if (result.current.kind === 'absent' && again !== null) {
    // The cache lost the dead pair meanwhile: nothing stands in the way.
    return storeReplacement({ ...state, run: again }, null);
  }
  // Somebody else replaced it first: theirs counts.
  const dropped: Effect[] = isNew ? [orphaned] : [];
  return after(
    [...dropped, { type: 'placeUnused' }],
    step({ kind: 'verifying', known, run, lease }, { type: 'readRecords', strong: true }),
  );
}

function changed(pair: CredentialsRecord, isNew: boolean): ReturnType<typeof report> {
  const { generation } = pair;
  return isNew
    ? report({ type: 'credentialsReplaced', generation, viewerMustSignIn: true })
    : report({ type: 'credentialsReinstated', generation, wasSignedIn: signInOf(pair) !== null });
}
