import type { Timing } from '../timing.js';

/** Until when this process registers nobody, and why. Instants of the monotonic clock. */
export interface HoldOff {
  readonly until: number;
  /** What was stored is known to be lost: nobody is registered before all that is known is back. */
  readonly isRestoring: boolean;
  /** When the other processes were last told that this one restores. */
  readonly saidAt: number;
}

export type HoldOffEvent = { readonly now: number } &
  /** The connection to the cache broke, and is back. */
  (
    | { readonly type: 'reconnected' }
    /** The key space has no record: the cache is new, or everything in it is lost. */
    | { readonly type: 'foundNew' }
    /** Another process puts pairs back. */
    | { readonly type: 'heldByAnother' }
    | { readonly type: 'lost' }
    /** Pairs were checked; so many are left to be checked. */
    | { readonly type: 'checked'; readonly left: number }
  );

export interface HoldOffStep {
  readonly holdOff: HoldOff;
  /** The other processes are to be told, now, that this one restores. */
  readonly say: boolean;
}

export const notHeldOff: HoldOff = { until: -Infinity, isRestoring: false, saidAt: -Infinity };

/** What follows from what this process has seen. Pure. */
export function nextHoldOff(holdOff: HoldOff, event: HoldOffEvent, timing: Timing['recovery']): HoldOffStep {
  const { now } = event;
  const heldFor = (forMs: number): HoldOff => ({ ...holdOff, until: Math.max(holdOff.until, now + forMs) });
  switch (event.type) {
    case 'reconnected':
      return { holdOff: heldFor(timing.heldOffAfterReconnectMs), say: false };
    case 'foundNew':
      return { holdOff: heldFor(timing.heldOffAsNewMs), say: false };
    case 'heldByAnother':
      return { holdOff: heldFor(timing.holdRetryMs), say: false };
    case 'lost':
      return {
        holdOff: { ...heldFor(timing.heldOffAfterLossMs), isRestoring: true, saidAt: now },
        say: true,
      };
    case 'checked': {
      if (!holdOff.isRestoring) return { holdOff, say: false };
      if (event.left === 0) return { holdOff: { ...holdOff, isRestoring: false }, say: false };
      const say = now - holdOff.saidAt >= timing.extendHoldEveryMs;
      return { holdOff: say ? { ...holdOff, saidAt: now } : holdOff, say };
    }
  }
}

/** Milliseconds for which nobody is registered; 0: registrations go on. */
export function heldOffForMs(
  { until, isRestoring }: HoldOff,
  now: number,
  timing: Timing['recovery'],
): number {
  return Math.max(0, until - now, isRestoring ? timing.holdRetryMs : 0);
}
