import type { Policy } from './policy.js';
import type { CredentialsRecord, Slot, TokenRecord } from './record.js';

/** A token in memory and the instants that decide about it, all epoch milliseconds. */
export interface HeldToken {
  readonly accessToken: string;
  readonly expiresAt: number;
  /** From here on it is not handed out. */
  readonly servableUntil: number;
  /** From here on a request starts its renewal. */
  readonly renewAt: number;
}

export function holdToken(record: TokenRecord, jitter: number, policy: Policy): HeldToken {
  const lifeMs = record.expiresAt - record.issuedAt;
  const marginMs = Math.min(policy.expiryMarginMs, lifeMs * policy.expiryMarginPart);
  const renewPart = policy.renewFrom + (policy.renewTo - policy.renewFrom) * jitter;
  return {
    accessToken: record.accessToken,
    expiresAt: record.expiresAt,
    servableUntil: Math.floor(record.expiresAt - marginMs),
    renewAt: Math.floor(record.issuedAt + lifeMs * renewPart),
  };
}

/**
 * A stored token, as whoever reads it may count its life: no longer than the whole of it, though the clock that wrote it was
 * ahead of the reader's, or the reader's was set back since.
 */
export function notAhead(record: TokenRecord, now: number): TokenRecord {
  const aheadMs = record.issuedAt - now;
  return aheadMs <= 0 ? record : { ...record, issuedAt: now, expiresAt: record.expiresAt - aheadMs };
}

/** The token, if it may be handed out now. */
export function servable(token: HeldToken | null, now: number): HeldToken | null {
  return token !== null && now < token.servableUntil ? token : null;
}

/** A renewal could not be had: the old token serves to its true expiry, and the next attempt comes later. */
export function postponeRenewal(token: HeldToken, now: number, delayMs: number): HeldToken {
  return { ...token, servableUntil: token.expiresAt, renewAt: now + delayMs };
}

/** The token in a slot, if it belongs to this very pair and nobody has seen it rejected. */
export function tokenOf(
  slot: Slot<TokenRecord>,
  pair: CredentialsRecord,
  rejected: string | null,
): TokenRecord | null {
  if (slot.kind !== 'stored') return null;
  const { record } = slot;
  return record.clientId === pair.clientId && record.accessToken !== rejected ? record : null;
}
