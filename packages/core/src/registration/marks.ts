import { laterMark, newestMarks, signInOf } from './earlier.js';
import type { CredentialsRecord, Slot } from './record.js';

/** The pair with a newer word of a call that may bind a viewer to it. */
export function withBound(pair: CredentialsRecord, now: number): CredentialsRecord {
  return { ...pair, boundAt: laterMark(pair.boundAt, now) };
}

/*
 * Of a sign-in and a sign-out that are both known, the one that is noted now is the later one, whichever clocks they were
 * made by.
 */

/** The pair with a newer word of a sign-in that an answer has shown. */
export function withSignIn(pair: CredentialsRecord, now: number): CredentialsRecord {
  return { ...pair, signedInAt: laterMark(laterMark(pair.signedInAt, pair.signedOutAt), now) };
}

/** The pair with a newer word of a logout that has left no sign-in on it. */
export function withSignOut(pair: CredentialsRecord, now: number): CredentialsRecord {
  const afterSignIn = pair.signedInAt === null ? now : Math.max(now, pair.signedInAt + 1);
  return { ...pair, signedOutAt: laterMark(pair.signedOutAt, afterSignIn) };
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
  const noted = newestMarks({ ...pair, signedInAt: null }, slot.record);
  return isFresh(signInOf(noted), forMs, now) ? { ...pair, signedInAt: noted.signedInAt } : pair;
}
