import { meaningOf } from '../adobeCodes.js';
import type { UpstreamEndpoint } from '../diagnostics.js';
import { PassError, type AdobeFailure, type ViewerMessage } from '../errors.js';
import { asksForRetry, concernsApplication } from '../http/adobeFailure.js';
import { bodyIn } from '../http/failure.js';
import type { UpstreamRequest } from '../http/Transport.js';
import type { Failed, Outcome } from '../upstream/Upstream.js';
import type { Timing } from '../timing.js';

/** What is known of a call when an attempt has ended. */
export interface Attempt {
  readonly method: UpstreamRequest['method'];
  /** With the method, names the call in messages: never its path, which can hold a code. */
  readonly endpoint: UpstreamEndpoint;
  /** Whether the call was repeated with a fresh token already. */
  readonly replayed: boolean;
  /** Repetitions so far, those with a fresh token not counted. */
  readonly retries: number;
  /** Milliseconds until the caller's deadline. */
  readonly remainingMs: number;
  /** At least 0, below 1. */
  readonly random: number;
}

export type Verdict<Answer> =
  | { readonly type: 'deliver'; readonly answer: Answer }
  /** Obtain another token and repeat the call with it; `otherwise` is what the caller gets if there is none. */
  | { readonly type: 'refreshAndReplay'; readonly otherwise: PassError }
  | { readonly type: 'waitAndRetry'; readonly waitMs: number }
  | { readonly type: 'fail'; readonly error: PassError };

/**
 * What to do after one attempt of a protected call.
 * @see https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/standard-features/error-reporting/enhanced-error-codes
 */
export function judge<Answer>(
  outcome: Outcome<Answer>,
  attempt: Attempt,
  timing: Pick<Timing['calls'], 'retries' | 'backoffFirstMs'>,
): Verdict<Answer> {
  if (outcome.kind === 'answered') return { type: 'deliver', answer: outcome.answer };
  const error = errorOf(outcome, attempt);
  if (isUnauthorized(outcome)) {
    return attempt.replayed ? { type: 'fail', error } : { type: 'refreshAndReplay', otherwise: error };
  }
  if (attempt.retries >= timing.retries || !isRetriable(outcome, attempt)) return { type: 'fail', error };
  const waitMs = outcome.kind === 'throttled' ? outcome.waitMs : backoffMs(attempt, timing);
  return waitMs > attempt.remainingMs ? { type: 'fail', error } : { type: 'waitAndRetry', waitMs };
}

function isUnauthorized(failed: Failed): boolean {
  return failed.kind === 'failed' && failed.failure.kind === 'refused' && failed.failure.status === 401;
}

function isRetriable(failed: Failed, { method }: Attempt): boolean {
  if (failed.kind === 'throttled') return true;
  const { failure } = failed;
  switch (failure.kind) {
    case 'unreachable':
      return failure.reason !== 'too_large' && (method === 'GET' || !failure.mayBeProcessed);
    case 'failing':
      return method === 'GET' || (failure.adobe !== undefined && asksForRetry(failure.adobe));
    case 'refused':
      return asksForRetry(failure.adobe);
    case 'invalid_response':
      return false;
  }
}

/** 200 to 400 ms, then 400 to 800 ms. */
export function backoffMs(
  { retries, random }: Pick<Attempt, 'retries' | 'random'>,
  { backoffFirstMs }: Pick<Timing['calls'], 'backoffFirstMs'>,
): number {
  return Math.round(backoffFirstMs * 2 ** retries * (1 + random));
}

function errorOf(failed: Failed, { method, endpoint }: Attempt): PassError {
  if (failed.kind === 'throttled') return throttledError(failed);
  const { failure } = failed;
  const name = `${method} ${endpoint}`;
  switch (failure.kind) {
    case 'unreachable':
      return failure.reason === 'too_large'
        ? new PassError('upstream_response_invalid', `${name}: ${failure.message}`)
        : new PassError('upstream_unavailable', `${name}: ${failure.message}`);
    case 'invalid_response': {
      const { status } = failure;
      return new PassError(
        'upstream_response_invalid',
        `${name}: Adobe Pass answered ${status} with ${bodyIn(failure)}, which is no valid response`,
        { adobe: { status } },
      );
    }
    case 'failing': {
      const adobe = failure.adobe ?? { status: failure.status };
      const { viewerMessage } = failure;
      return new PassError('upstream_unavailable', `${name}: ${said(adobe)}`, { adobe, viewerMessage });
    }
    case 'refused':
      return failure.status === 401
        ? unauthorizedError(name, endpoint, failure.adobe)
        : refusedError(name, failure.adobe, failure.viewerMessage);
  }
}

export function throttledError({
  waitMs,
  status,
}: Extract<Failed, { readonly kind: 'throttled' }>): PassError {
  return new PassError('upstream_throttled', 'Adobe Pass throttles the address of the device', {
    retryAfterMs: waitMs,
    adobe: status === null ? undefined : { status },
  });
}

/** A fresh token is as good as a token gets: what it does not cure, somebody has to change. */
function unauthorizedError(name: string, endpoint: UpstreamEndpoint, adobe: AdobeFailure): PassError {
  const code = concernsApplication(adobe) ? 'application_not_accepted' : 'access_token_rejected';
  return new PassError(
    code,
    `${name}: ${said(adobe)}, also to a fresh access token; ${remedyOf(adobe, endpoint)}`,
    {
      adobe,
    },
  );
}

const ofManagement: ReadonlySet<UpstreamEndpoint> = new Set(['resetTempPass', 'esm', 'management']);

function remedyOf(adobe: AdobeFailure, endpoint: UpstreamEndpoint): string {
  if (ofManagement.has(endpoint)) {
    return 'see whether Adobe has enabled the registered application for this API and service provider, and whether its software statement was revoked';
  }
  switch (adobe.code) {
    case 'invalid_access_token_service_provider':
      return 'link the registered application to this service provider, or correct serviceProvider, whose case matters';
    case 'invalid_access_token_client_application':
      return 'see whether the registered application has the scope of REST API v2, and whether its software statement was revoked';
    default:
      return 'see whether the registered application has the scope of REST API v2 and covers this service provider, and whether environment and baseUrl are its own';
  }
}

function refusedError(
  name: string,
  adobe: AdobeFailure,
  viewerMessage: ViewerMessage | undefined,
): PassError {
  const { mustAct, retry, viewerMustSignIn } = meaningOf(adobe);
  return new PassError('upstream_refused', `${name}: ${said(adobe)}`, {
    adobe,
    mustAct,
    viewerMustSignIn: viewerMustSignIn || adobe.action === 'authentication',
    retryable: retry || asksForRetry(adobe),
    viewerMessage,
  });
}

function said({ status, code }: AdobeFailure): string {
  return `Adobe Pass answered ${status ?? 'an error'} ${code ?? 'without a code'}`;
}
