import { laterMark } from './earlier.js';
import type { CredentialsRecord, Slot } from './record.js';

/** The pair with a newer word of a call that may bind a viewer to it. */
export function withBound(pair: CredentialsRecord, now: number): CredentialsRecord {
  return { ...pair, boundAt: laterMark(pair.boundAt, now) };
}

/** The pair with a newer word of a sign-in that an answer has shown. */
export function withSignIn(pair: CredentialsRecord, now: number): CredentialsRecord {
  return { ...pair, signedInAt: laterMark(pair.signedInAt, now) };
}

/** Whether a mark is younger than `forMs`. One that is ahead of this process's clock counts as made now. */
export function isFresh(markedAt: number | null, forMs: number, now: number): boolean {
  return markedAt !== null && now - markedAt < forMs;
}

/** The pair with the sign-in that another process has noted, if that is recent enough not to be noted again. */
export function asNotedBefore(
  pair: CredentialsRecord,
  slot: Slot<CredentialsRecord>,
  forMs: number,
  now: number,
): CredentialsRecord {
  if (slot.kind !== 'stored' || slot.record.clientId !== pair.clientId) return pair;
  const { signedInAt } = slot.record;
  return isFresh(signedInAt, forMs, now) ? { ...pair, signedInAt } : pair;
}
