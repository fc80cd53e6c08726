import type { IncomingHttpHeaders } from 'node:http';

import type { Reply } from './reply.js';

export interface OriginQuestion {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** Something that people are sent to, from pages of others. */
  readonly isPage: boolean;
  /** Whether pages of others may call. */
  readonly cors: boolean;
}

export type OriginVerdict =
  | { readonly kind: 'allowed'; readonly headers: Reply['headers'] }
  | { readonly kind: 'preflight'; readonly headers: Reply['headers'] }
  | { readonly kind: 'refused' };

/**
 * Any page that is open in a browser of this machine can send simple requests to it, and so register clients or use up
 * faults. Browsers say that they do; whoever sends no `Sec-Fetch-Site` is no page.
 */
export function judgeOrigin({ method, headers, isPage, cors }: OriginQuestion): OriginVerdict {
  if (cors) {
    const isPreflight = method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
    return isPreflight
      ? { kind: 'preflight', headers: { ...shared, ...preflight(headers) } }
      : { kind: 'allowed', headers: headers.origin === undefined ? {} : shared };
  }
  const isVisit = isPage && method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
  return isCrossSite(headers) && !isVisit ? { kind: 'refused' } : { kind: 'allowed', headers: {} };
}

export function isCrossSite(headers: IncomingHttpHeaders): boolean {
  return headers['sec-fetch-site'] === 'cross-site';
}

/** The API knows its callers by a header that pages have to set themselves, so there is nothing to ride on. */
const shared: Reply['headers'] = { 'access-control-allow-origin': '*', 'access-control-expose-headers': '*' };

function preflight(headers: IncomingHttpHeaders): Reply['headers'] {
  const asked = headers['access-control-request-headers'];
  return {
    'access-control-allow-methods': 'GET, POST',
    ...(typeof asked === 'string' && /^[\w, -]+$/.test(asked)
      ? { 'access-control-allow-headers': asked }
      : {}),
    ...(headers['access-control-request-private-network'] === 'true'
      ? { 'access-control-allow-private-network': 'true' }
      : {}),
    'access-control-max-age': '600',
  };
}
