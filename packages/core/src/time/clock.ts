/** A pending timer. */
export interface Timer {
  cancel(): void;
}

/** Time as an input: nothing in this package asks the system for it directly. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /**
   * Whole milliseconds since some instant of this process, which no step of the system's clock moves. What only this process
   * compares is measured by it. A clock without it counts by `now`.
   */
  monotonic?(): number;
  /**
   * Calls `callback` once, `delayMs` from now, unless it is cancelled before. `isBackground`: a process that has nothing
   * else to do need not stay for it.
   */
  setTimer(callback: () => void, delayMs: number, isBackground?: boolean): Timer;
}

export function monotonicOf(clock: Clock): number {
  return clock.monotonic?.() ?? clock.now();
}

export const systemClock: Clock = {
  now: () => Date.now(),
  // Whole ones, as of the wall clock: they are compared, added and told to people.
  monotonic: () => Math.floor(performance.now()),
  setTimer(callback, delayMs, isBackground = false) {
    const handle = setTimeout(callback, delayMs);
    if (isBackground) handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};
