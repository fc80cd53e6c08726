/**
 * Adobe throttles by the forwarded address. After a 429, no call for that address (IPv6: its /64) goes out for at
 * least a second, whichever device or process it is for. Without an address, everything shares the server's own.
 */
export interface AddressGate {
  /** Milliseconds until a call for this address may go out, as far as this process knows; 0: now. */
  waitMs(address: string | undefined): number;
  /** Resolves once this process knows what the others know of the address, or that it cannot be had. Never rejects. */
  look(address: string | undefined): Promise<void>;
  /** Does now, beside something else, what the next `look` would do. */
  lookAhead(address: string | undefined): void;
  /** A 429 came for this address. Returns the milliseconds to wait, at least 1 000. */
  throttled(address: string | undefined, retryAfterMs: number | null): number;
}
