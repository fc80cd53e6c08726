const longestUserAgent = 1_024;

/**
 * A `User-Agent` that can be sent, or `undefined` if nothing is left of it. It is a hint and comes from the device as it
 * is, so it is made fit instead of refused: what is not printable ASCII becomes a question mark.
 */
export function sendableUserAgent(userAgent: string | undefined): string | undefined {
  const given: unknown = userAgent;
  if (typeof given !== 'string') return undefined;
  const sendable = given
    .slice(0, longestUserAgent)
    .replaceAll(/[\t\r\n ]+/g, ' ')
    .replaceAll(/[^\x20-\x7E]/g, '?')
    .trim();
  return sendable === '' ? undefined : sendable;
}
