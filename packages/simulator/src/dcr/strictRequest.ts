import type { IncomingHttpHeaders } from 'node:http';

import { hasMediaType } from '../http/mediaType.js';

/**
 * The letter of the DCR pages: this `Content-Type` (a charset, if any, is utf-8), an `Accept` of JSON if any, and an
 * `X-Device-Info`. The real service is seen to check none of it. The wildcard that HTTP clients put into `Accept` by
 * themselves asks for nothing.
 */
export function isStrictDcrRequest(headers: IncomingHttpHeaders, contentType: string): boolean {
  return (
    hasMediaType(headers['content-type'], contentType) &&
    (headers.accept === undefined ||
      headers.accept === '*/*' ||
      hasMediaType(headers.accept, 'application/json')) &&
    (headers['x-device-info'] ?? '') !== ''
  );
}
