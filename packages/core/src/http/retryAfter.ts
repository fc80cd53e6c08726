import { responseHeader } from './responseHeader.js';
import type { UpstreamResponse } from './Transport.js';

/** A longer wait is believed to be a mistake: Adobe's throttling is over one second after the first 429. */
export const longestRetryAfterMs: number = 60 * 60_000;

const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * The wait that `Retry-After` asks for, at most an hour; `null` without a header that can be read.
 * @see https://www.rfc-editor.org/rfc/rfc9110.html#section-10.2.3
 */
export function retryAfterMs(response: UpstreamResponse): number | null {
  const value = responseHeader(response, 'retry-after')?.trim();
  if (value === undefined) return null;
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1_000, longestRetryAfterMs);
  const at = parseHttpDate(value);
  if (at === null) return null;
  // Against the server's own clock where it tells: ours may be minutes off.
  const sentAt = parseHttpDate(responseHeader(response, 'date')) ?? response.requestedAt;
  return Math.min(Math.max(at - sentAt, 0), longestRetryAfterMs);
}

export function parseHttpDate(value: string | undefined): number | null {
  // Date.parse alone takes "1" for a year.
  if (value === undefined || !httpDate.test(value)) return null;
  const time = Date.parse(value);
  return Number.isNaN(time) ? null : time;
}
