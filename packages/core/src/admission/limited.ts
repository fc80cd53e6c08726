import type { Failure } from '../registration/event.js';
import { failure } from '../registration/failure.js';

/** What a device is told that is not registered now, because too many are. */
export function limited(message: string, retryAfterMs: number): Failure {
  return failure('registration_limited', message, { retryAfterMs });
}
