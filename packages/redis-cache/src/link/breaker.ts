/** After so many failures in a row the store is not asked for a while. */
const failuresToOpen = 5;
const openForMs = 1000;

/**
 * `closed`: every call is let through. `open`: none is, until `until`. `probing`: one call is out, and its outcome decides.
 * `until` and `now` are milliseconds of a clock that never goes back.
 */
export type BreakerState =
  | { readonly kind: 'closed'; readonly failures: number }
  | { readonly kind: 'open'; readonly until: number }
  | { readonly kind: 'probing' };

/** How a call that was let through ended. `isProbe`: it was the one that had to decide. */
export type BreakerEvent =
  | { readonly type: 'answered' }
  | { readonly type: 'unreachable'; readonly isProbe: boolean }
  /** The client says that it is connected again. */
  | { readonly type: 'connected' };

export type Admission = { readonly state: BreakerState } & (
  | { readonly admitted: true; readonly isProbe: boolean }
  | { readonly admitted: false; readonly retryAfterMs: number }
);

export const closedBreaker: BreakerState = { kind: 'closed', failures: 0 };

/** Whether a call may be made now. */
export function admit(state: BreakerState, now: number): Admission {
  switch (state.kind) {
    case 'closed':
      return { state, admitted: true, isProbe: false };
    case 'open':
      return now < state.until
        ? { state, admitted: false, retryAfterMs: state.until - now }
        : { state: { kind: 'probing' }, admitted: true, isProbe: true };
    case 'probing':
      return { state, admitted: false, retryAfterMs: openForMs };
  }
}

export function nextBreakerState(state: BreakerState, event: BreakerEvent, now: number): BreakerState {
  switch (event.type) {
    case 'answered':
      // Whoever is answered has reached it, also a call that was let through before.
      return closedBreaker;
    case 'unreachable':
      return afterFailure(state, event.isProbe, now);
    case 'connected':
      // Somebody has answered the client, and whoever has waited for that asks at once: all may, until one fails.
      return state.kind === 'open' ? { kind: 'closed', failures: failuresToOpen - 1 } : state;
  }
}

function afterFailure(state: BreakerState, isProbe: boolean, now: number): BreakerState {
  switch (state.kind) {
    case 'closed': {
      const failures = state.failures + 1;
      return failures < failuresToOpen
        ? { kind: 'closed', failures }
        : { kind: 'open', until: now + openForMs };
    }
    case 'open':
      return state;
    case 'probing':
      // Calls from before the opening may still fail while the probe is out.
      return isProbe ? { kind: 'open', until: now + openForMs } : state;
  }
}
