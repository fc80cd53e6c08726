import type { EventOf } from './event.js';
import { deliverIssued } from './issuing.js';
import type { Policy } from './policy.js';
import { adoptPair } from './reconcile.js';
import type { CredentialsRecord } from './record.js';
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
import { call, fail, report, step, type Step } from './step.js';

/*
 * Replacing a pair signs its viewer out, so it takes all of this: the pair is refused three times, at least a second
 * apart; witnesses and the fleet's fuse permit it; a new pair proves itself by obtaining a token; the old pair is tried
 * a last time; and only then does one swap put the new pair in the old one's place, with the old one inside.
 * Until that swap nothing has changed anywhere.
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
  const { known, run, lease } = state;
  if (event.type === 'replacementPermitted') {
    return call({ ...state, kind: 'registeringReplacement' }, event.now, policy);
  }
  const reason = event.failure.message;
  const failed = fail({ ...known, refusals: 0 }, run, lease, event.failure, event.now, policy);
  return step(failed.state, report({ type: 'replacementSuspended', reason }), ...failed.effects);
}

export function registeringReplacement(
  state: RegisteringReplacement,
  event: EventOf<'registered' | 'registrationFailed'>,
  policy: Policy,
): Step {
  const { known, run, lease, suspect } = state;
  if (event.type === 'registrationFailed') return fail(known, run, lease, event.failure, event.now, policy);
  const { clientId, clientSecret, registeredAt, statement, generation } = suspect;
  const replacement: CredentialsRecord = {
    ...event.credentials,
    generation: generation + 1,
    previous: { clientId, clientSecret, registeredAt, statement, generation },
  };
  return call({ ...state, kind: 'provingReplacement', replacement }, event.now, policy);
}

const orphaned = report({ type: 'credentialsOrphaned' });

/** Drops the replacement, which nobody has used, and ends the run. The next one needs evidence of its own. */
function abandon(
  state: ProvingReplacement | RetryingSuspect,
  event: EventOf<'tokenFailed'>,
  policy: Policy,
): Step {
  const failed = fail(
    { ...state.known, refusals: 0 },
    state.run,
    state.lease,
    event.failure,
    event.now,
    policy,
  );
  return step(failed.state, orphaned, ...failed.effects);
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
    const delivered = deliverIssued(state, state.suspect, state.versions, event, event.now, policy);
    return step(delivered.state, orphaned, ...delivered.effects);
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
  if (event.type === 'cacheFailed') {
    // It may or may not be stored. A strong read finds out: the higher generation wins.
    const storeAttempts = run.storeAttempts + 1;
    if (storeAttempts >= policy.storeAttempts)
      return fail(known, run, lease, event.failure, event.now, policy);
    return step(
      { kind: 'verifying', known, run: { ...run, storeAttempts }, lease },
      { type: 'readRecords', strong: true },
    );
  }
  const { result } = event;
  if (result.ok) {
    const { generation } = replacement;
    const replaced: Known = { ...adoptPair(known, replacement), rejected: null };
    const delivered = deliverIssued(
      { known: replaced, run, lease },
      replacement,
      versions,
      replacementToken,
      event.now,
      policy,
    );
    const replacedReport = report({ type: 'credentialsReplaced', generation, viewerMustSignIn: true });
    return step(delivered.state, replacedReport, ...delivered.effects);
  }
  const storeAttempts = run.storeAttempts + 1;
  if (result.current.kind === 'absent' && storeAttempts < policy.storeAttempts) {
    // The cache lost the dead pair meanwhile: nothing stands in the way.
    return storeReplacement({ ...state, run: { ...run, storeAttempts } }, null);
  }
  // Somebody else replaced it first: theirs counts.
  return step({ kind: 'verifying', known, run, lease }, orphaned, { type: 'readRecords', strong: true });
}
