import type { ClockReading } from '../clock/virtualClock.js';
import type { Fault } from '../faults/fault.js';
import type { Ledger } from '../ledger/ledger.js';
import type { SimulatorVerbs } from './SimulatorVerbs.js';

/** The same, asked of another process. */
export type Remote<Local> = {
  readonly [Name in keyof Local]: Local[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Result>
    : never;
};

/** The verbs of a `Simulator`, for tests and tools in another process. All can also throw `control_unreachable` and `control_refused`. */
export interface SimulatorConnection extends Remote<SimulatorVerbs> {
  readonly url: string;
  readonly clock: RemoteClock;
  readonly ledger: RemoteLedger;
  /** Rejects unless the simulator answers. */
  health(): Promise<void>;
  /** Delays are numbers or lists of numbers; a function cannot travel and throws `invalid_argument`. */
  fault(fault: Fault): Promise<RemoteFaultHandle>;
}

export interface RemoteClock {
  reading(): Promise<ClockReading>;
  advance(byMs: number): Promise<ClockReading>;
  set(epochMs: number): Promise<ClockReading>;
  /**
   * Resolves as soon as the revision is above `afterRevision`, at the latest after `waitMs` (at most 60 000).
   * A follower keeps `offsetMs` and asks again with the `revision` it got.
   */
  changed(
    afterRevision: number,
    options: { readonly waitMs: number; readonly signal?: AbortSignal },
  ): Promise<ClockReading>;
}

export type RemoteLedger = Remote<Ledger>;

export interface RemoteFaultHandle {
  readonly id: string;
  used(): Promise<number>;
  remove(): Promise<void>;
}
