import type { Timing } from '../timing.js';
import { everyRange, type Ranges } from './ranges.js';

/** Why a hold of registrations ended before all was back. `'stalled'`: nothing came back any more. */
export type HoldEnd = 'stalled' | 'too_long' | 'allowed';

/** This process puts pairs back. Instants are those of its monotonic clock. */
export interface Restoring {
  readonly since: number;
  /** The fewest that were left so far. */
  readonly fewest: number;
  readonly fellAt: number;
  /** When the other processes were last told. */
  readonly saidAt: number;
  /** Registrations go on all the same. */
  readonly ended: { readonly why: HoldEnd; readonly at: number } | null;
}

/** Until when this process registers nobody, and why. Instants are those of its monotonic clock. */
export interface HoldOff {
  readonly until: number;
  /** Of the ranges in which this process has found a loss. */
  readonly rangesUntil: ReadonlyMap<number, number>;
  /** Of those in which others have. */
  readonly othersUntil: ReadonlyMap<number, number>;
  /** `null`: nothing is known to be lost. */
  readonly restoring: Restoring | null;
}

export type HoldOffEvent = { readonly now: number } &
  /** The connection to the cache broke, and is back, or the cache is not what it was. */
  (
    | { readonly type: 'reconnected' }
    /** The key space has no record: the cache is new, or everything in it is lost. */
    | { readonly type: 'foundNew' }
    /** Another process has just found that. */
    | { readonly type: 'newForAnother' }
    /** Other processes put pairs back. */
    | { readonly type: 'heldByAnother'; readonly ranges: Ranges }
    /** Pairs of these ranges were missing. `isNew`: not only because of a loss that is known. */
    | { readonly type: 'lost'; readonly ranges: Iterable<number>; readonly isNew: boolean }
    /** So many pairs are not known to be back. */
    | { readonly type: 'left'; readonly left: number }
    /** The operator wants registrations to go on. */
    | { readonly type: 'allowed' }
  );

export interface HoldOffStep {
  readonly holdOff: HoldOff;
  /** The other processes are to be told, now, that this one restores. */
  readonly say: boolean;
  /** The hold has just ended before all was back. */
  readonly ended: Exclude<HoldEnd, 'allowed'> | null;
}

export const notHeldOff: HoldOff = {
  until: -Infinity,
  rangesUntil: new Map(),
  othersUntil: new Map(),
  restoring: null,
};

type HoldTiming = Timing['recovery'];

/** What follows from what this process has seen. Pure. */
export function nextHoldOff(holdOff: HoldOff, event: HoldOffEvent, timing: HoldTiming): HoldOffStep {
  const { now } = event;
  const quietly = (next: HoldOff): HoldOffStep => ({ holdOff: next, say: false, ended: null });
  const heldFor = (forMs: number): HoldOff => ({ ...holdOff, until: Math.max(holdOff.until, now + forMs) });
  switch (event.type) {
    case 'reconnected':
      return quietly(heldFor(timing.heldOffAfterReconnectMs));
    case 'foundNew':
      return quietly(heldFor(timing.heldOffAsNewMs));
    case 'newForAnother':
      return quietly(heldFor(timing.holdRetryMs));
    case 'heldByAnother':
      // It is asked again before that.
      return quietly({
        ...holdOff,
        othersUntil: heldUntil(
          holdOff.othersUntil,
          event.ranges,
          now + timing.lookEveryMs + timing.holdRetryMs,
        ),
      });
    case 'lost':
      return lost(holdOff, event, timing);
    case 'left':
      return counted(holdOff, event, timing);
    case 'allowed':
      return quietly({
        ...notHeldOff,
        restoring: holdOff.restoring === null ? null : over(holdOff.restoring, 'allowed', now),
      });
  }
}

function lost(
  holdOff: HoldOff,
  { now, ranges, isNew }: Extract<HoldOffEvent, { readonly type: 'lost' }>,
  { heldOffAfterLossMs, extendHoldEveryMs, allowedForMs }: HoldTiming,
): HoldOffStep {
  const { restoring } = holdOff;
  const ended = restoring?.ended ?? null;
  // A word of the operator, or that nothing comes back any more, is not undone by the same loss.
  if (ended !== null && !(isNew && now - ended.at > allowedForMs))
    return { holdOff, say: false, ended: null };
  const wanted = new Set(ranges);
  const areHeld = [...wanted].every((range) => holdOff.rangesUntil.has(range));
  // Of a loss that is known, the others know already where they are to look.
  const newly = isNew ? wanted : new Set([...wanted].filter((range) => !holdOff.rangesUntil.has(range)));
  const held = { ...holdOff, rangesUntil: heldUntil(holdOff.rangesUntil, newly, now + heldOffAfterLossMs) };
  if (restoring === null || ended !== null) {
    const begun = { since: now, fewest: Infinity, fellAt: now, saidAt: now, ended: null };
    return { holdOff: { ...held, restoring: begun }, say: true, ended: null };
  }
  const again = isNew ? { ...restoring, fewest: Infinity, fellAt: now } : restoring;
  const say = !areHeld || now - restoring.saidAt >= extendHoldEveryMs;
  return { holdOff: { ...held, restoring: say ? { ...again, saidAt: now } : again }, say, ended: null };
}

function counted(
  holdOff: HoldOff,
  { now, left }: Extract<HoldOffEvent, { readonly type: 'left' }>,
  timing: HoldTiming,
): HoldOffStep {
  const { restoring } = holdOff;
  if (restoring === null) return { holdOff, say: false, ended: null };
  if (left === 0) return { holdOff: overSoon(holdOff, now), say: false, ended: null };
  const next = left < restoring.fewest ? { ...restoring, fewest: left, fellAt: now } : restoring;
  if (next.ended !== null) return { holdOff: { ...holdOff, restoring: next }, say: false, ended: null };
  const { stalledAfterMs, heldOffAtMostMs, extendHoldForMs, extendHoldEveryMs } = timing;
  const stalledForMs = now - next.fellAt;
  const forMs = now - next.since;
  if (stalledForMs >= stalledAfterMs || forMs >= heldOffAtMostMs) {
    const why = stalledForMs >= stalledAfterMs ? 'stalled' : 'too_long';
    return { holdOff: { ...notHeldOff, restoring: over(next, why, now) }, say: false, ended: why };
  }
  // What the others are told, and remember for a moment, must not outlast this.
  const toldForMs = extendHoldForMs + timing.lookEveryMs + timing.holdRetryMs;
  const mayStillSay = stalledForMs + toldForMs <= stalledAfterMs && forMs + toldForMs <= heldOffAtMostMs;
  const say = mayStillSay && now - next.saidAt >= extendHoldEveryMs;
  return {
    holdOff: { ...holdOff, restoring: say ? { ...next, saidAt: now } : next },
    say,
    ended: null,
  };
}

/** All is back: what is held off still ends as it would, and the next loss is another. */
function overSoon(holdOff: HoldOff, now: number): HoldOff {
  const rangesUntil = new Map([...holdOff.rangesUntil].filter(([, until]) => until > now));
  return { ...holdOff, rangesUntil, restoring: null };
}

function over(restoring: Restoring, why: HoldEnd, at: number): Restoring {
  return { ...restoring, ended: { why, at } };
}

function heldUntil(
  before: ReadonlyMap<number, number>,
  ranges: Ranges,
  until: number,
): ReadonlyMap<number, number> {
  const after = new Map(before);
  for (const range of ranges) after.set(range, Math.max(before.get(range) ?? -Infinity, until));
  return after;
}

/**
 * Milliseconds for which no device of `range` is registered; 0: registrations go on. `missing`: pairs of it that this
 * process has not yet seen to be back.
 */
export function heldOffForMs(
  { until, rangesUntil, othersUntil, restoring }: HoldOff,
  { range, missing, now }: { readonly range: number; readonly missing: number; readonly now: number },
  { holdRetryMs }: Pick<HoldTiming, 'holdRetryMs'>,
): number {
  const isRestoring = restoring !== null && restoring.ended === null && missing > 0;
  const rangeUntil = Math.max(rangesUntil.get(range) ?? now, othersUntil.get(range) ?? now);
  return Math.max(0, until - now, rangeUntil - now, isRestoring ? holdRetryMs : 0);
}

/** What the other processes are to know: where this one holds registrations off, and for how long that counts. */
export function holdToTell(
  { rangesUntil, restoring }: HoldOff,
  { missingIn, now }: { readonly missingIn: (range: number) => number; readonly now: number },
  { extendHoldForMs }: Pick<HoldTiming, 'extendHoldForMs'>,
): { readonly ranges: Ranges; readonly forMs: number } {
  const isRestoring = restoring !== null && restoring.ended === null;
  const ranges = everyRange.filter(
    (range) => (rangesUntil.get(range) ?? now) > now || (isRestoring && missingIn(range) > 0),
  );
  const ends = ranges.map((range) => (rangesUntil.get(range) ?? now) - now);
  return { ranges: new Set(ranges), forMs: Math.max(isRestoring ? extendHoldForMs : 0, ...ends) };
}
