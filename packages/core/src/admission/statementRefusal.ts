import type { Failure } from '../registration/event.js';
import { failure } from '../registration/failure.js';
import type { Rejection } from './statementRecord.js';

/** What a device is told that may not present its statement, or whose call was rejected. `null`: what came later was taken. */
export function refusalOf(rejection: Rejection | null, retryAfterMs: number): Failure {
  const adobeCode = rejection?.adobeCode ?? null;
  return rejection?.isConfirmed === true
    ? failure(
        'software_statement_rejected',
        `Adobe Pass rejected the software statement (${rejection.adobeCode}); it is not presented again for now; ` +
          'supply a valid statement of the registered application for this environment',
        { retryAfterMs, adobeCode },
      )
    : failure(
        'software_statement_doubted',
        'Adobe Pass rejected the software statement, which it took before; it is tried again before this is believed',
        { retryAfterMs, adobeCode },
      );
}
