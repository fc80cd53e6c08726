import type { Effect } from './effect.js';
import type { EventOf, Failure } from './event.js';
import type { Policy } from './policy.js';
import { adoptPair } from './reconcile.js';
import type { CredentialsRecord, TokenRecord } from './record.js';
import type { Known, Lease, IssuedToken, Run, StateOf, Versions } from './state.js';
import { fail, release, report, step, type Step } from './step.js';
import { holdToken, postponeRenewal, servable, type HeldToken } from './token.js';

/** The store's own token answers: hands it out and ends the run. */
export function deliverStored(
  known: Known,
  run: Run,
  lease: Lease | null,
  now: number,
  token: HeldToken,
): Step {
  const served: Known = { ...known, token, rejected: null, failures: 0, refusals: 0 };
  return release(served, run, lease, now, { kind: 'rest' }, null, [{ type: 'deliver', token }]);
}

/**
 * Hands out a token that Adobe Pass has just issued for `pair`, and stores it for the other processes afterwards:
 * losing it costs one more token call, waiting for it costs a viewer time.
 */
export function deliverIssued(
  working: { readonly known: Known; readonly run: Run; readonly lease: Lease | null },
  pair: CredentialsRecord,
  versions: Versions | null,
  issued: IssuedToken,
  now: number,
  policy: Policy,
): Step {
  const { known, run, lease } = working;
  const record: TokenRecord = {
    clientId: pair.clientId,
    generation: pair.generation,
    accessToken: issued.accessToken,
    issuedAt: issued.requestedAt,
    expiresAt: issued.requestedAt + issued.lifeMs,
  };
  if (record.accessToken === known.rejected) return fail(known, run, lease, tokenStillRejected, now, policy);
  // This process was held up, perhaps for hours.
  if (now >= record.expiresAt) return fail(known, run, lease, tokenTooLate, now, policy);
  const background = servable(known.token, now) !== null;
  // One that does not live longer than the old one is not worth having: asking again at once would never end.
  const better = known.token === null || record.expiresAt > known.token.expiresAt;
  const token =
    known.token === null || better
      ? holdToken(record, known.jitter, policy)
      : postponeRenewal(known.token, now, Math.max(policy.backoffMaxMs, (known.token.expiresAt - now) / 2));
  const served: Known = { ...adoptPair(known, pair), token, rejected: null, failures: 0, refusals: 0 };
  const effects: Effect[] = [
    { type: 'deliver', token },
    report({ type: 'tokenIssued', lifeMs: issued.lifeMs, background }),
  ];
  const ttlMs = Math.floor(record.expiresAt - now);
  if (versions === null || !better || ttlMs < 1) {
    return release(served, run, lease, now, { kind: 'rest' }, null, effects);
  }
  const effect = { type: 'swapToken', expected: versions.token, next: record, ttlMs } as const;
  return step({ kind: 'storingToken', known: served, run, lease, effect }, ...effects, effect);
}

const tokenStillRejected: Failure = {
  code: 'access_token_rejected',
  message: 'Adobe Pass issued the same access token that it rejects',
  retryAfterMs: null,
  adobeStatus: null,
  adobeCode: null,
};

const tokenTooLate: Failure = {
  code: 'upstream_response_invalid',
  message: 'the access token had expired by the time it could be used',
  retryAfterMs: null,
  adobeStatus: null,
  adobeCode: null,
};

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
  return release(state.known, state.run, state.lease, now, { kind: 'rest' }, null, []);
}
