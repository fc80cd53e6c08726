import type { UpstreamResponse } from './Transport.js';

/** A response header by its lower-case name; the first value where the server sent several. */
export function responseHeader(response: UpstreamResponse, name: string): string | undefined {
  const value = response.headers[name];
  return typeof value === 'string' ? value : value?.[0];
}
