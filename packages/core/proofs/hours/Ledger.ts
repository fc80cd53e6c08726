/** What Adobe Pass was asked and what it said, as it saw it. */
export interface Call {
  readonly kind: 'register' | 'token' | 'api';
  /** Epoch milliseconds of the virtual time at which Adobe Pass answered. */
  readonly at: number;
  readonly process: number;
  /** `undefined`: of no device that is known here. */
  readonly device: number | undefined;
  /** The client that was registered, asked for a token, or whose token was shown. */
  readonly clientId: string | undefined;
  readonly answer: 'ok' | 'refused' | 'throttled';
}

/** The pair that the store has for a device gave way to another. */
export interface PairChange {
  readonly at: number;
  readonly device: number;
  readonly from: string;
  readonly to: string;
}

/** All that is counted. */
export class Ledger {
  readonly calls: Call[] = [];
  readonly changes: PairChange[] = [];

  since(at: number): Ledger {
    const later = new Ledger();
    later.calls.push(...this.calls.filter((call) => call.at >= at));
    later.changes.push(...this.changes.filter((change) => change.at >= at));
    return later;
  }

  count(kind: Call['kind'], answer?: Call['answer']): number {
    return this.calls.filter((call) => call.kind === kind && (answer === undefined || call.answer === answer))
      .length;
  }
}

/** The most that there are of `instants`, which are in order, within any `spanMs`. */
export function mostWithin(instants: readonly number[], spanMs: number): number {
  let most = 0;
  let first = 0;
  for (const [at, instant] of instants.entries()) {
    while ((instants[first] ?? instant) <= instant - spanMs) first += 1;
    most = Math.max(most, at - first + 1);
  }
  return most;
}
