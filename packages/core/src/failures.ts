import { nameOfThrown } from './errorShape.js';
import { isPassError, PassError, type PassErrorCode } from './errors.js';
import type { Failure, FailureCode } from './registration/event.js';
import { failure } from './registration/failure.js';

const failureCodes: ReadonlySet<string> = new Set<FailureCode>([
  'cache_format_unsupported',
  'cache_record_unreadable',
  'cache_unavailable',
  'closed',
  'option_invalid',
  'registration_limited',
  'secret_mismatch',
  'software_statement_malformed',
  'software_statement_rejected',
  'software_statement_unavailable',
]);

function isFailureCode(code: PassErrorCode): code is PassErrorCode & FailureCode {
  return failureCodes.has(code);
}

/**
 * What a part of the edge threw, in the machine's words; `otherwise` where it is nothing known, and may be tried again after
 * `retryAfterMs`.
 */
export function failureOf(error: unknown, otherwise: FailureCode, retryAfterMs: number): Failure {
  if (isPassError(error) && isFailureCode(error.code)) {
    return failure(error.code, error.message, { retryAfterMs: error.retryAfterMs ?? null });
  }
  return failure(otherwise, `unexpected ${nameOfThrown(error)}`, { retryAfterMs });
}

export function toPassError(told: Failure): PassError {
  const { code, message, retryAfterMs, adobeStatus, adobeCode } = told;
  const adobe =
    adobeStatus === null && adobeCode === null
      ? undefined
      : { status: adobeStatus ?? undefined, code: adobeCode ?? undefined };
  return new PassError(code, message, { retryAfterMs: retryAfterMs ?? undefined, adobe });
}

/** What a caller is told from `close` on. */
export function closedError(retryAfterMs: number): PassError {
  return toPassError(failure('closed', 'the server is shutting down', { retryAfterMs }));
}
