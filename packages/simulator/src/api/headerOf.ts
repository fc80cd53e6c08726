import type { IncomingHttpHeaders } from 'node:http';

/** A header that may be sent once; Node joins most others, and lists these. */
export function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
}
