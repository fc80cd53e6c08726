import type { SimDevice } from './fleet.js';

/** One call of a server's own code, such as an inbound request makes it. */
export interface ClientCall {
  readonly name: string;
  readonly device: SimDevice;
  readonly kind: 'accessToken' | 'profiles';
  readonly startedAt: number;
  /** Epoch milliseconds by which it has to have settled; later by the time for which its process was suspended. */
  deadline: number;
  readonly controller: AbortController;
  aborted: boolean;
  /** `null` while it runs. */
  outcome: { readonly ok: boolean; readonly retryAfterMs: number } | null;
}

/** Of every call, counted from its start. */
export const callerDeadlineMs = 15_000;
