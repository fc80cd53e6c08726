/** A pending timer. */
export interface Timer {
  cancel(): void;
}

/** Time as an input: nothing in this package asks the system for it directly. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /**
   * Calls `callback` once, `delayMs` from now, unless it is cancelled before. `isBackground`: a process that has nothing
   * else to do need not stay for it.
   */
  setTimer(callback: () => void, delayMs: number, isBackground?: boolean): Timer;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer(callback, delayMs, isBackground = false) {
    const handle = setTimeout(callback, delayMs);
    if (isBackground) handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};
