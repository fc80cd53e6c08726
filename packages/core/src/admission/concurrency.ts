/** How many register calls may be on the wire at once, and what is known of how Adobe Pass bears that. */
export interface Concurrency {
  /** Whole ones count. */
  readonly limit: number;
  /** It has met no trouble yet, and grows by one with each success: it doubles in the time that one call takes. */
  readonly isDoubling: boolean;
  /** When it was last halved; `null`: not within the last minute. */
  readonly halvedAt: number | null;
  /** How long an answer takes, smoothed; `null`: there was none yet. */
  readonly latencyMs: number | null;
  /** The least that this was in the present half minute, and in the one before. */
  readonly bestMs: number;
  readonly bestBeforeMs: number;
  readonly halfMinuteEndsAt: number;
}

/** What became of a register call. `areWaiting`: devices wait for a place. */
export type Answered = { readonly now: number } & (
  | { readonly kind: 'served'; readonly latencyMs: number; readonly areWaiting: boolean }
  /** An answer that says nothing of how much Adobe Pass can bear, such as a 429, which is about one address. */
  | { readonly kind: 'refused'; readonly latencyMs: number }
  /** A time-out, a connection that broke, or a 5xx. */
  | { readonly kind: 'failed' }
);

export interface ConcurrencyBounds {
  /** What it begins with, and begins with anew a minute after the last trouble. */
  readonly first: number;
  readonly least: number;
  readonly most: number;
}

/** Until something is known: a slow day. */
const supposedLatencyMs = 1_000;
/** As TCP smooths its round trips: one slow answer in a hundred is no trouble. */
const weightOfNews = 1 / 8;
const halfMinuteMs = 30_000;
const forgottenAfterMs = 60_000;

export function firstConcurrency(limit: number): Concurrency {
  return {
    limit,
    isDoubling: true,
    halvedAt: null,
    latencyMs: null,
    bestMs: Infinity,
    bestBeforeMs: Infinity,
    halfMinuteEndsAt: -Infinity,
  };
}

/**
 * The limit after an answer. While devices wait it grows, at first by one with each success, after the first trouble by
 * one per latency; trouble halves it, at most once per latency. Trouble is a failure, or a latency above twice the best of
 * the last minute. A latency that stays high when half as many calls are made is not their doing: it is the measure then.
 */
export function nextLimit(known: Concurrency, answered: Answered, bounds: ConcurrencyBounds): Concurrency {
  const { now } = answered;
  const before = asOf(known, now, bounds);
  if (answered.kind === 'failed') return halved(before, now, bounds);
  const measured = withLatency(before, answered.latencyMs, now);
  const { latencyMs, bestMs, bestBeforeMs, limit, isDoubling } = measured;
  const best = Math.min(bestMs, bestBeforeMs);
  if (latencyMs !== null && latencyMs > 2 * best) {
    const next = halved(measured, now, bounds);
    return next === measured ? measured : { ...next, bestMs: latencyMs, bestBeforeMs: Infinity };
  }
  if (answered.kind === 'refused' || !answered.areWaiting) return measured;
  const grown = limit + (isDoubling ? 1 : 1 / limit);
  return { ...measured, limit: Math.min(bounds.most, grown) };
}

/** What it is at an instant: trouble is forgotten after a minute, since nothing is tried while nobody waits. */
export function asOf(concurrency: Concurrency, now: number, { first, most }: ConcurrencyBounds): Concurrency {
  const { halvedAt, limit } = concurrency;
  if (halvedAt === null || now - halvedAt < forgottenAfterMs) return concurrency;
  return { ...concurrency, halvedAt: null, isDoubling: true, limit: Math.max(limit, Math.min(first, most)) };
}

/** How long so many devices wait until the last of them has a place. */
export function queueMs({ limit, latencyMs }: Concurrency, devices: number): number {
  return (devices * (latencyMs ?? supposedLatencyMs)) / Math.floor(limit);
}

/** How many devices can wait, and still be served before their callers' deadline: after a place come two calls. */
export function queueLength({ limit, isDoubling, latencyMs }: Concurrency, deadlineMs: number): number {
  const callMs = latencyMs ?? supposedLatencyMs;
  const waitMs = Math.max(0, deadlineMs - 2 * callMs);
  return Math.ceil(((isDoubling ? 2 : 1) * limit * waitMs) / Math.max(1, callMs));
}

function halved(before: Concurrency, now: number, { least }: ConcurrencyBounds): Concurrency {
  const { halvedAt, latencyMs } = before;
  // What was on the wire then says the same once more.
  if (halvedAt !== null && now - halvedAt < (latencyMs ?? supposedLatencyMs)) return before;
  return {
    ...before,
    limit: Math.max(least, before.limit / 2),
    isDoubling: false,
    halvedAt: now,
  };
}

function withLatency(before: Concurrency, sampleMs: number, now: number): Concurrency {
  const known = before.latencyMs ?? sampleMs;
  const latencyMs = known + (sampleMs - known) * weightOfNews;
  if (now < before.halfMinuteEndsAt)
    return { ...before, latencyMs, bestMs: Math.min(before.bestMs, latencyMs) };
  const isLongAgo = now - before.halfMinuteEndsAt > halfMinuteMs;
  return {
    ...before,
    latencyMs,
    bestMs: latencyMs,
    bestBeforeMs: isLongAgo ? Infinity : before.bestMs,
    halfMinuteEndsAt: now + halfMinuteMs,
  };
}
