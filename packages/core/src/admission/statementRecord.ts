import { timeLeftMs } from '../registration/timeLeft.js';
import type { Timing } from '../timing.js';

/** That Adobe Pass does not take a statement, as one process knows it or as the fleet does. */
export interface Rejection {
  /** Answers in a row that say so. */
  readonly rejections: number;
  /** False for a statement that worked before, as long as it may have been a mistake. */
  readonly isConfirmed: boolean;
  readonly adobeCode: string;
  /** Epoch milliseconds. Nobody presents the statement before, but whoever has set this to do so. */
  readonly until: number;
  /** How far ahead that was when it was set. */
  readonly forMs: number;
}

/** What the fleet knows of one software statement. */
export type StatementRecord =
  { readonly kind: 'accepted' } | { readonly kind: 'rejected'; readonly rejection: Rejection };

type RejectionTiming = Pick<
  Timing['admission'],
  'statementRejections' | 'statementRejectionGapMs' | 'statementProbeLeaseMs' | 'statementProbeEveryMs'
>;

/** The first word against a statement. `worked`: Adobe Pass has taken it before, from whatever process. */
export function firstRejection(
  adobeCode: string,
  worked: boolean,
  now: number,
  timing: RejectionTiming,
): Rejection {
  const none = { rejections: 0, isConfirmed: !worked, adobeCode, until: now, forMs: 0 };
  return rejectedAgain(none, adobeCode, now, timing);
}

/** The next word, of the device that tried the statement. */
export function rejectedAgain(
  before: Rejection,
  adobeCode: string,
  now: number,
  timing: RejectionTiming,
): Rejection {
  const { statementRejections, statementRejectionGapMs, statementProbeEveryMs } = timing;
  const rejections = before.rejections + 1;
  const isConfirmed = before.isConfirmed || rejections >= statementRejections;
  // Whoever tried a confirmed one has already kept the others from it until the next try is due.
  if (before.isConfirmed && waitMs(before, now) > 0) return { ...before, rejections, adobeCode };
  const forMs = isConfirmed ? statementProbeEveryMs : statementRejectionGapMs;
  return { rejections, isConfirmed, adobeCode, until: now + forMs, forMs };
}

/** With this in the cache a process tries the statement, and keeps the others from it meanwhile. */
export function probing(rejection: Rejection, now: number, timing: RejectionTiming): Rejection {
  const forMs = rejection.isConfirmed ? timing.statementProbeEveryMs : timing.statementProbeLeaseMs;
  return { ...rejection, until: now + forMs, forMs };
}

/** Nobody knows what Adobe Pass thinks of the statement after this try: the next one is due after `forMs`. */
export function dueAfter(rejection: Rejection, forMs: number, now: number): Rejection {
  return { ...rejection, until: now + forMs, forMs };
}

/** Milliseconds until the statement may be presented. An instant further away than it ever was is of a clock that was set back. */
export function waitMs({ until, forMs }: Rejection, now: number): number {
  const leftMs = until - now;
  return leftMs > forMs ? 0 : Math.max(0, leftMs);
}

/** What another process has set, by this process's clock. */
export function byOwnClock(rejection: Rejection, now: number): Rejection {
  return dueAfter(rejection, timeLeftMs(rejection.until, rejection.forMs, now), now);
}

export function statementToStored(record: StatementRecord): object {
  if (record.kind === 'accepted') return { a: true };
  const { rejections, isConfirmed, adobeCode, until, forMs } = record.rejection;
  return { r: rejections, f: isConfirmed, e: adobeCode, u: until, d: forMs };
}

/** `null`: nothing that this version would store, which says nothing. */
export function storedToStatement(stored: unknown, timing: RejectionTiming): StatementRecord | null {
  const { a: accepted, r: rejections, f: isConfirmed, e, u: until, d: forMs } = (stored ?? {}) as Fields;
  if (accepted === true) return { kind: 'accepted' };
  if (typeof rejections !== 'number' || typeof isConfirmed !== 'boolean' || typeof e !== 'string')
    return null;
  if (typeof until !== 'number' || typeof forMs !== 'number' || forMs < 0) return null;
  // A time that nobody would set must not stop a device.
  if (forMs > Math.max(timing.statementProbeEveryMs, timing.statementProbeLeaseMs)) return null;
  return { kind: 'rejected', rejection: { rejections, isConfirmed, adobeCode: e, until, forMs } };
}

interface Fields {
  readonly a?: unknown;
  readonly r?: unknown;
  readonly f?: unknown;
  readonly e?: unknown;
  readonly u?: unknown;
  readonly d?: unknown;
}
