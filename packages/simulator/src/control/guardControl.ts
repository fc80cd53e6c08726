import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import { isCrossSite } from '../http/crossOrigin.js';

export type ControlVerdict =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'refused'; readonly status: 401 | 403 | 405 | 415; readonly reason: string };

/**
 * State changes only by POST with a JSON content type: a foreign web page cannot send that without a preflight,
 * which the control API does not answer. `Host` has been checked before.
 */
export function guardControl(
  method: string | undefined,
  headers: IncomingHttpHeaders,
  controlToken: string | undefined,
): ControlVerdict {
  if (isCrossSite(headers))
    return { kind: 'refused', status: 403, reason: 'a page of another site may not use the control API' };
  if (controlToken !== undefined && !presents(headers.authorization, controlToken)) {
    return {
      kind: 'refused',
      status: 401,
      reason: 'send Authorization: Bearer with the control token that the simulator printed',
    };
  }
  if (method === 'GET') return { kind: 'allowed' };
  if (method !== 'POST')
    return { kind: 'refused', status: 405, reason: 'GET reads and POST changes, nothing else' };
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? ''))
    return { kind: 'refused', status: 415, reason: 'POST needs Content-Type: application/json' };
  return { kind: 'allowed' };
}

function presents(authorization: string | undefined, controlToken: string): boolean {
  return timingSafeEqual(sha256(authorization ?? ''), sha256(`Bearer ${controlToken}`));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
