import type { Effect } from './effect.js';
import type { EventOf } from './event.js';
import { failure } from './failure.js';
import type { Policy } from './policy.js';
import { adoptPair } from './reconcile.js';
import type { CredentialsRecord, TokenRecord } from './record.js';
import type { IssuedToken, Known, StateOf, Versions, Working } from './state.js';
import { after, fail, releaseToRest, report, step, type Step } from './step.js';
import { holdToken, postponeRenewal, servable, type HeldToken } from './token.js';

/** The store's own token answers: hands it out and ends the run. */
export function deliverStored(working: Working, token: HeldToken, now: number): Step {
  const known: Known = { ...working.known, token, rejected: null, failures: 0, refusals: 0 };
  return after([{ type: 'deliver', token }], releaseToRest({ ...working, known }, now));
}

/** A token of `pair`. `versions`: of what is stored; `null`: the cache could not be asked. */
export interface Issued {
  readonly pair: CredentialsRecord;
  readonly versions: Versions | null;
  readonly issued: IssuedToken;
}

/**
 * Hands out a token that Adobe Pass has just issued for `pair`, and stores it for the other processes afterwards:
 * losing it costs one more token call, waiting for it costs a viewer time.
 */
export function deliverIssued(
  working: Working,
  { pair, versions, issued }: Issued,
  now: number,
  policy: Policy,
): Step {
  const { known, run, lease } = working;
  const record: TokenRecord = {
    clientId: pair.clientId,
    accessToken: issued.accessToken,
    issuedAt: issued.requestedAt,
    expiresAt: issued.requestedAt + issued.lifeMs,
  };
  if (record.accessToken === known.rejected) return fail(working, tokenStillRejected, now, policy);
  // This process was held up, perhaps for hours.
  if (now >= record.expiresAt) return fail(working, tokenTooLate, now, policy);
  const background = servable(known.token, now) !== null;
  // One that does not live longer than the old one is not worth having: asking again at once would never end.
  const better = known.token === null || record.expiresAt > known.token.expiresAt;
  const token =
    known.token === null || better
      ? holdToken(record, known.jitter, policy)
      : postponeRenewal(known.token, now, Math.max(policy.backoffMaxMs, (known.token.expiresAt - now) / 2));
  const served: Known = { ...adoptPair(known, pair, null), token, rejected: null, failures: 0, refusals: 0 };
  const effects: Effect[] = [
    { type: 'deliver', token },
    report({ type: 'tokenIssued', lifeMs: issued.lifeMs, background }),
  ];
  const ttlMs = Math.floor(record.expiresAt - now);
  if (versions === null || !better || ttlMs < 1) {
    return after(effects, releaseToRest({ known: served, run, lease }, now));
  }
  const effect = { type: 'swapToken', expected: versions.token, next: record, ttlMs } as const;
  return step({ kind: 'storingToken', known: served, run, lease, effect }, ...effects, effect);
}

const tokenStillRejected = failure(
  'access_token_rejected',
  'Adobe Pass issued the same access token that it rejects',
);

const tokenTooLate = failure(
  'upstream_response_invalid',
  'the access token had expired by the time it could be used',
);

export function storingToken(state: StateOf<'storingToken'>, event: EventOf<'tokenSwapped'>): Step {
  const { result } = event;
  if (!result.ok && result.current.kind === 'absent' && state.effect.expected !== null) {
    // The old token expired while it was being renewed. That is no conflict.
    const effect = { ...state.effect, expected: null };
    return step({ ...state, effect }, effect);
  }
  return endRun(state, event.now);
}

export function endRun(state: StateOf<'storingToken'>, now: number): Step {
  return releaseToRest(state, now);
}
