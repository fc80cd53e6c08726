/** The constants of the machine, which come from `timing`. One object per process; tests and the model bring their own. */
export interface Policy {
  /** A token is renewed in the background between these parts of its life; each device has its own point. */
  readonly renewFrom: number;
  readonly renewTo: number;
  /** A token is not used this close to its expiry, or this part of its life if that is shorter. */
  readonly expiryMarginMs: number;
  readonly expiryMarginPart: number;
  readonly leaseMs: number;
  /** The longest that an upstream call may take; a lease must outlast it. */
  readonly upstreamTimeoutMs: number;
  /** At most one refresh per device in this time because of a 401. */
  readonly forcedRefreshIntervalMs: number;
  /** Upstream failures in one run before its callers are told. */
  readonly attempts: number;
  /** Failed writes of one pair before its callers are told. */
  readonly storeAttempts: number;
  readonly backoffFirstMs: number;
  readonly backoffMaxMs: number;
  /** Adobe lifts a throttle one second after the first 429. */
  readonly throttleMs: number;
  readonly throttleSpreadMs: number;
  /** After an answer that only a human can change. */
  readonly refusedMs: number;
  readonly pollFirstMs: number;
  readonly pollMaxMs: number;
  /** The pauses between renewals of a pair that Adobe Pass refuses, while its device has a usable token. */
  readonly refusedPauseFirstMs: number;
  readonly refusedPauseMaxMs: number;
  /** After a refusal that leads to no replacement, where it is not said when to ask again. */
  readonly suspendedMs: number;
  /** For so long after it was registered, a pair without a sign-in lets an earlier one with a sign-in try first. */
  readonly earlierFirstForMs: number;
  /** When a caller may ask again after the cache changed its answers or could not be asked, or a record was unreadable. */
  readonly cacheRetryMs: number;
  readonly unreadableRetryMs: number;
  /** A mark of a call that may bind a viewer is not written again while it is this young. */
  readonly boundMarkFreshMs: number;
  /** Nor is a mark of a sign-in that was seen. */
  readonly signInMarkFreshMs: number;
  /** A device without a pair is registered in memory while the cache cannot be asked. */
  readonly ephemeral: boolean;
}

/** 1, 2, 4 … times the first, up to the most; up to a quarter more, by device. */
export function backoffMs(failures: number, jitter: number, policy: Policy): number {
  const base = Math.min(policy.backoffMaxMs, policy.backoffFirstMs * 2 ** Math.min(failures, 16));
  return Math.round(base * (1 + jitter / 4));
}

/** How long to wait before looking again whether another process has finished. */
export function pollMs(polls: number, jitter: number, policy: Policy): number {
  const base = Math.min(policy.pollMaxMs, policy.pollFirstMs * 1.5 ** Math.min(polls, 16));
  return Math.round(base * (0.75 + jitter / 2));
}
