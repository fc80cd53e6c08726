import type { EventOf } from './event.js';
import { deliverIssued } from './issuing.js';
import type { Policy } from './policy.js';
import { adoptPair } from './reconcile.js';
import { nextPair } from './record.js';
import type {
  Known,
  ProvingReplacement,
  RegisteringReplacement,
  RequestingToken,
  RetryingSuspect,
  StateOf,
  StoringReplacement,
  Versions,
} from './state.js';
import { after, afterFailedWrite, call, fail, report, step, type Step } from './step.js';

/*
 * Replacing a pair signs its viewer out, so it takes all of this: the pair is refused three times, at least a second
 * apart; the fuse of this process permits it (it sees the other devices of this process, not those of the fleet); a new
 * pair proves itself by obtaining a token; the old pair is tried a last time; and only then does one swap put the new
 * pair in the old one's place, with the old one inside. Until that swap nothing has changed anywhere.
 */

/** `invalid_client` for the stored pair: the only way into a replacement. */
export function doubtPair(state: RequestingToken, versions: Versions, policy: Policy): Step {
  const { run, lease, pair: suspect } = state;
  const known: Known = { ...state.known, refusals: state.known.refusals + 1 };
  const refused = report({ type: 'credentialsRefused', refusals: known.refusals });
  const replacing = { known, run, lease, versions, suspect };
  if (known.refusals < policy.refusals) {
    const delayMs = Math.round(policy.refusalGapMs + policy.throttleSpreadMs * known.jitter);
    return step({ kind: 'doubting', ...replacing }, refused, { type: 'wait', delayMs, failure: null });
  }
  return step({ kind: 'permittingReplacement', ...replacing }, refused, {
    type: 'permitReplacement',
    suspect,
  });
}

export function doubting(state: StateOf<'doubting'>, event: EventOf<'waited'>, policy: Policy): Step {
  const { known, run, lease, versions, suspect: pair } = state;
  return call({ kind: 'requestingToken', known, run, lease, versions, pair }, event.now, policy);
}

export function permittingReplacement(
  state: StateOf<'permittingReplacement'>,
  event: EventOf<'replacementPermitted' | 'replacementSuspended'>,
  policy: Policy,
): Step {
  if (event.type === 'replacementPermitted') {
    return call({ ...state, kind: 'registeringReplacement' }, event.now, policy);
  }
  const reason = event.failure.message;
  const known: Known = { ...state.known, refusals: 0 };
  return after(
    [report({ type: 'replacementSuspended', reason })],
    fail({ ...state, known }, event.failure, event.now, policy),
  );
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

/** Drops the replacement, which nobody has used, and ends the run. The next one needs evidence of its own. */
function abandon(
  state: ProvingReplacement | RetryingSuspect,
  event: EventOf<'tokenFailed'>,
  policy: Policy,
): Step {
  const known: Known = { ...state.known, refusals: 0 };
  return after([orphaned], fail({ ...state, known }, event.failure, event.now, policy));
}

export function provingReplacement(
  state: ProvingReplacement,
  event: EventOf<'tokenIssued' | 'tokenFailed'>,
  policy: Policy,
): Step {
  if (event.type === 'tokenFailed') return abandon(state, event, policy);
  const { accessToken, requestedAt, lifeMs } = event;
  const replacementToken = { accessToken, requestedAt, lifeMs };
  return call({ ...state, kind: 'retryingSuspect', replacementToken }, event.now, policy);
}

export function retryingSuspect(
  state: RetryingSuspect,
  event: EventOf<'tokenIssued' | 'tokenFailed'>,
  policy: Policy,
): Step {
  if (event.type === 'tokenIssued') {
    const issued = { pair: state.suspect, versions: state.versions, issued: event };
    return after([orphaned], deliverIssued(state, issued, event.now, policy));
  }
  if (event.failure.code !== 'client_credentials_rejected') return abandon(state, event, policy);
  return storeReplacement({ ...state, kind: 'storingReplacement' }, state.versions.credentials);
}

function storeReplacement(state: StoringReplacement, expected: string | null): Step {
  return step(state, { type: 'swapCredentials', expected, next: state.replacement });
}

export function storingReplacement(
  state: StoringReplacement,
  event: EventOf<'credentialsSwapped' | 'cacheFailed'>,
  policy: Policy,
): Step {
  const { known, run, lease, replacement, replacementToken, versions } = state;
  const again = afterFailedWrite(run, policy);
  if (event.type === 'cacheFailed') {
    // It may or may not be stored. A strong read finds out: the new pair's record names the old one, so it counts.
    return again === null
      ? fail(state, event.failure, event.now, policy)
      : step({ kind: 'verifying', known, run: again, lease }, { type: 'readRecords', strong: true });
  }
  const { result } = event;
  if (result.ok) {
    const { generation } = replacement;
    const replaced: Known = { ...adoptPair(known, replacement, result.version), rejected: null };
    const issued = { pair: replacement, versions, issued: replacementToken };
    return after(
      [{ type: 'pairStored' }, report({ type: 'credentialsReplaced', generation, viewerMustSignIn: true })],
      deliverIssued({ known: replaced, run, lease }, issued, event.now, policy),
    );
  }
  if (result.current.kind === 'absent' && again !== null) {
    // The cache lost the dead pair meanwhile: nothing stands in the way.
    return storeReplacement({ ...state, run: again }, null);
  }
  // Somebody else replaced it first: theirs counts.
  return step({ kind: 'verifying', known, run, lease }, orphaned, { type: 'readRecords', strong: true });
}
