import type { Timing } from '../timing.js';

/** How many looks may be on their way to the cache at once, as its answers allow. */
export interface Pace {
  /** Not a whole number: it grows by one once all that are on their way have been answered in time. */
  readonly atOnce: number;
  /** The shortest that the cache has taken to answer; `null`: it never has. */
  readonly usualMs: number | null;
  /** When this was last halved, as the process's monotonic clock has it. */
  readonly slowedAt: number;
  /** Looks that were not answered, since the last that was. */
  readonly failures: number;
}

export type PaceTiming = Pick<
  Timing['recovery'],
  | 'looksAtLeast'
  | 'looksAtMost'
  | 'slowerThanUsual'
  | 'usualAtLeastMs'
  | 'usualForgotten'
  | 'failuresThatStop'
>;

export function freshPace({ looksAtLeast }: PaceTiming): Pace {
  return { atOnce: looksAtLeast, usualMs: null, slowedAt: -Infinity, failures: 0 };
}

export type PaceEvent =
  /** Looks begin, after none were wanted. */
  | { readonly type: 'begun' }
  | { readonly type: 'answered'; readonly tookMs: number; readonly now: number }
  | { readonly type: 'failed' };

/** The cache has just come back, and all its clients want something of it: nobody else may notice that it is asked. Pure. */
export function nextPace(pace: Pace, event: PaceEvent, timing: PaceTiming): Pace {
  switch (event.type) {
    case 'begun':
      // A cache that has become slower is not held against what it once was for ever.
      return pace.usualMs === null ? pace : { ...pace, usualMs: pace.usualMs * timing.usualForgotten };
    case 'failed':
      return { ...pace, failures: pace.failures + 1 };
    case 'answered': {
      const { tookMs, now } = event;
      const usualMs = Math.max(timing.usualAtLeastMs, Math.min(pace.usualMs ?? tookMs, tookMs));
      const known = { ...pace, usualMs, failures: 0 };
      if (tookMs <= usualMs * timing.slowerThanUsual)
        return { ...known, atOnce: Math.min(timing.looksAtMost, pace.atOnce + 1 / pace.atOnce) };
      // Those that were on their way already say nothing new.
      if (now - pace.slowedAt < tookMs) return known;
      return { ...known, atOnce: Math.max(timing.looksAtLeast, pace.atOnce / 2), slowedAt: now };
    }
  }
}

/**
 * Whether the cache answers nobody: then one look at a time finds out when it does again. `atOnce`: looks that may be on
 * their way; what fails comes back sooner than what is put back, so a few of them say nothing.
 */
export function isStopped({ failures }: Pace, atOnce: number, { failuresThatStop }: PaceTiming): boolean {
  return failures >= Math.max(failuresThatStop, atOnce);
}
