/**
 * Adobe throttles by the forwarded address. After a 429, no call for that address (IPv6: its /64) goes out for at
 * least a second, whichever device or process it is for.
 */
export interface AddressGate {
  /** Milliseconds until a call for this address may go out; 0: now. */
  waitMs(address: string | undefined): number;
  /** A 429 came for this address. Returns the milliseconds to wait, at least 1 000. */
  throttled(address: string | undefined, retryAfterMs: number | null): number;
}
