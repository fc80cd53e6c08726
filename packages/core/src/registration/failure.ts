import type { Failure, FailureCode } from './event.js';

export function failure(
  code: FailureCode,
  message: string,
  details: Partial<Pick<Failure, 'retryAfterMs' | 'adobeStatus' | 'adobeCode'>> = {},
): Failure {
  return { code, message, retryAfterMs: null, adobeStatus: null, adobeCode: null, ...details };
}
