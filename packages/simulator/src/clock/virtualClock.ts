import { invalidArgument } from '../ground/simulatorError.js';

/** Anything that tells the time as milliseconds since the epoch. */
export interface Clock {
  now(): number;
}

export interface ClockReading {
  /** Simulated time, epoch milliseconds. */
  readonly nowMs: number;
  /** Simulated minus real time of this machine, in milliseconds. */
  readonly offsetMs: number;
  /** Goes up by one with every `advance` and `set`, never with the mere passing of time. */
  readonly revision: number;
}

/**
 * Real time plus an offset that tests move. It keeps ticking between moves.
 * Token expiry, the throttle, profiles, the ledger and the `Date` header all read it.
 */
export interface VirtualClock extends Clock {
  /** Moves simulated time by this many milliseconds; negative moves it back. */
  advance(byMs: number): void;
  /** Moves simulated time to this epoch millisecond. */
  set(epochMs: number): void;
  reading(): ClockReading;
  /**
   * Resolves as soon as the revision is above `afterRevision`, at the latest after `waitMs` of real time,
   * with the reading at that moment.
   */
  changed(
    afterRevision: number,
    options: { readonly waitMs: number; readonly signal?: AbortSignal },
  ): Promise<ClockReading>;
}

const systemClock: Clock = { now: () => Date.now() };

export function createVirtualClock(base: Clock = systemClock): VirtualClock {
  let offsetMs = 0;
  let revision = 0;
  const waiters = new Set<() => void>();

  function moveTo(nextOffsetMs: number): void {
    offsetMs = nextOffsetMs;
    revision += 1;
    for (const wake of waiters) wake();
  }

  const clock: VirtualClock = {
    now: () => base.now() + offsetMs,
    advance(byMs) {
      if (!Number.isFinite(byMs))
        throw invalidArgument('advance(byMs)', 'a finite number of milliseconds', byMs);
      moveTo(offsetMs + byMs);
    },
    set(epochMs) {
      if (!Number.isFinite(epochMs))
        throw invalidArgument('set(epochMs)', 'a finite epoch millisecond', epochMs);
      moveTo(epochMs - base.now());
    },
    reading() {
      const nowMs = clock.now();
      // A follower in another process knows only the real clock, whatever this one is based on.
      return { nowMs, offsetMs: base === systemClock ? offsetMs : nowMs - Date.now(), revision };
    },
    changed(afterRevision, { waitMs, signal }) {
      return new Promise((resolve) => {
        const finish = (): void => {
          clearTimeout(timer);
          waiters.delete(finish);
          signal?.removeEventListener('abort', finish);
          resolve(clock.reading());
        };
        const timer = setTimeout(finish, Math.max(0, waitMs));
        waiters.add(finish);
        signal?.addEventListener('abort', finish, { once: true });
        if (revision > afterRevision || signal?.aborted === true) finish();
      });
    },
  };
  return clock;
}
