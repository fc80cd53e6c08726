/** How fast calls for one address may go out, as far as this process can tell. Instants of the monotonic clock. */
export interface Pace {
  /** Calls that Adobe Pass is known to take at once, and the instant at which there were so many. */
  readonly level: number;
  readonly at: number;
  /** After a 429, one call goes out in so long; 0: the address was not throttled lately. */
  readonly intervalMs: number;
  /** The next call of those. */
  readonly nextAt: number;
  /** Answers since then that were no 429. */
  readonly answers: number;
  /** A call beyond what is known to be taken is on the wire: what comes of it says whether more are. */
  readonly isProbed: boolean;
}

export interface PaceTerms {
  /** Calls at once, and then so many per second. */
  readonly burst: number;
  readonly perSecond: number;
  /** After so many answers in a row without a 429 the calls go out twice as fast. */
  readonly answersToTrust: number;
}

/** Shorter than a call takes. */
const noIntervalMs = 50;

export function freshPace(now: number, { burst }: PaceTerms): Pace {
  return { level: burst, at: now, intervalMs: 0, nextAt: 0, answers: 0, isProbed: false };
}

/** Milliseconds until the next call may go out; 0: now; `Infinity`: not before the one on the wire is answered. */
export function waitMsOf(pace: Pace, now: number, terms: PaceTerms): number {
  const { level, intervalMs, nextAt, isProbed } = asOf(pace, now, terms);
  if (intervalMs > 0) return Math.max(0, nextAt - now);
  return level < 1 && isProbed ? Infinity : 0;
}

/** A call goes out. `probes`: it is beyond what is known to be taken. */
export function afterCall(
  pace: Pace,
  now: number,
  terms: PaceTerms,
): { readonly pace: Pace; readonly probes: boolean } {
  const before = asOf(pace, now, terms);
  const { intervalMs } = before;
  const probes = intervalMs === 0 && before.level < 1;
  const level = Math.max(0, before.level - 1);
  return {
    pace: { ...before, level, nextAt: now + intervalMs, isProbed: before.isProbed || probes },
    probes,
  };
}

/** An answer came that was no 429. `probed`: to a call that probed. */
export function afterAnswer(pace: Pace, probed: boolean, { answersToTrust }: PaceTerms): Pace {
  const next = probed ? { ...pace, isProbed: false } : pace;
  const answers = next.answers + 1;
  if (next.intervalMs === 0 || answers < answersToTrust) return { ...next, answers };
  const intervalMs = next.intervalMs / 2;
  return { ...next, answers: 0, intervalMs: intervalMs < noIntervalMs ? 0 : intervalMs };
}

/** A 429 came, for this process or another: nothing goes out before `waitMs` are over, and then one call at a time. */
export function throttledPace(pace: Pace, now: number, waitMs: number, terms: PaceTerms): Pace {
  const { burst, perSecond } = terms;
  return {
    level: burst === Infinity ? burst : 0,
    at: now,
    intervalMs: 1_000 / perSecond,
    nextAt: Math.max(pace.nextAt, now + waitMs),
    answers: 0,
    isProbed: false,
  };
}

/** Whoever has been quiet for so long that all its calls are there again begins anew. */
function asOf(pace: Pace, now: number, { burst, perSecond }: PaceTerms): Pace {
  const level = Math.min(burst, pace.level + ((now - pace.at) / 1_000) * perSecond);
  const isRested = level === burst && burst !== Infinity;
  return isRested ? { ...pace, level, at: now, intervalMs: 0, answers: 0 } : { ...pace, level, at: now };
}
