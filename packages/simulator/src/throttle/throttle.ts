/**
 * Adobe's documented limit: 1 request per second per device address and a burst of 10.
 * https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/throttling-mechanism
 *
 * Two readings reproduce the documented time line and differ only afterwards:
 * - `recovering`: nginx `limit_req rate=1r/s burst=10 nodelay` (Adobe's 429 page is openresty's); idle time gives the burst back.
 * - `once`: the literal text; one free request per window of one second, and ten extra ones in a lifetime.
 */
export type ThrottleBurst = 'recovering' | 'once';

export const burst = 10;

export type ThrottleState =
  | { readonly burst: 'recovering'; readonly excessMilli: number; readonly lastAt: number }
  | { readonly burst: 'once'; readonly firstAt: number; readonly window: number; readonly burstLeft: number };

export interface ThrottleDecision {
  readonly admitted: boolean;
  /** Unchanged after a rejection: rejected requests consume nothing. */
  readonly state: ThrottleState;
}

/** `previous` is undefined at the first contact of an address; `now` is epoch milliseconds. */
export function admit(
  model: ThrottleBurst,
  previous: ThrottleState | undefined,
  now: number,
): ThrottleDecision {
  switch (model) {
    case 'recovering':
      return admitRecovering(previous?.burst === 'recovering' ? previous : undefined, now);
    case 'once':
      return admitOnce(previous?.burst === 'once' ? previous : undefined, now);
  }
}

type Recovering = Extract<ThrottleState, { burst: 'recovering' }>;
type Once = Extract<ThrottleState, { burst: 'once' }>;

function admitRecovering(previous: Recovering | undefined, now: number): ThrottleDecision {
  if (previous === undefined)
    return { admitted: true, state: { burst: 'recovering', excessMilli: 0, lastAt: now } };
  // One request is 1000 thousandths, and one leaks away per millisecond.
  const elapsedMs = Math.max(0, now - previous.lastAt);
  const excessMilli = Math.max(0, previous.excessMilli - elapsedMs + 1000);
  if (excessMilli > burst * 1000) return { admitted: false, state: previous };
  return { admitted: true, state: { burst: 'recovering', excessMilli, lastAt: now } };
}

function admitOnce(previous: Once | undefined, now: number): ThrottleDecision {
  if (previous === undefined)
    return { admitted: true, state: { burst: 'once', firstAt: now, window: 0, burstLeft: burst } };
  const window = Math.floor((now - previous.firstAt) / 1000);
  if (window !== previous.window) return { admitted: true, state: { ...previous, window } };
  if (previous.burstLeft === 0) return { admitted: false, state: previous };
  return { admitted: true, state: { ...previous, burstLeft: previous.burstLeft - 1 } };
}
