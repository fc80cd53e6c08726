import type { StoreSlot } from './RecordStore.js';

/*
 * What the record of the key space says of losses. Both numbers only grow, so one that is lower than it was is an old copy
 * of the cache.
 */

export interface Losses {
  /** How often a process has found that the cache had lost something. */
  readonly count: number;
  /** Where all was missing, as the process that raised the count last has put it. */
  readonly where: string;
  /** Raised once a minute, by whoever finds it a minute old. */
  readonly tick: number;
}

/** What is of no such shape says nothing. */
export function lossesIn(found: StoreSlot | undefined): Losses {
  if (found?.kind !== 'stored') return { count: 0, where: '', tick: 0 };
  const { losses, lostIn, tick } = (found.value ?? {}) as {
    readonly losses?: unknown;
    readonly lostIn?: unknown;
    readonly tick?: unknown;
  };
  return { count: countOf(losses), where: typeof lostIn === 'string' ? lostIn : '', tick: countOf(tick) };
}

/** `found` is of an earlier state of the cache than `seen`. */
export function isEarlier(found: Losses, seen: Losses): boolean {
  return found.count < seen.count || found.tick < seen.tick;
}

/** The furthest of both, and the words of `found`. */
export function furthest(found: Losses, seen: Losses): Losses {
  return { ...found, count: Math.max(found.count, seen.count), tick: Math.max(found.tick, seen.tick) };
}

/** The record's value with one more loss: also of processes that have seen more than it says now. */
export function withLossIn(value: object, seen: Losses, where: string): object {
  return { ...value, losses: seen.count + 1, lostIn: where, tick: seen.tick + 1 };
}

/** The record's value with the next tick. */
export function withTick(value: object, seen: Losses): object {
  return { ...value, tick: seen.tick + 1 };
}

function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0;
}
