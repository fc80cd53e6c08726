import type { VirtualClock } from './clock/virtualClock.js';
import type { Fault, FaultHandle } from './faults/fault.js';
import type { Ledger } from './ledger/ledger.js';
import type { SimulatorVerbs } from './verbs/SimulatorVerbs.js';

/** Adobe Pass on a socket of this machine, listening until it is closed. */
export interface Simulator extends SimulatorVerbs, AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without trailing slash: the base URL to give to a client. */
  readonly url: string;
  readonly port: number;
  /** What the control API demands as Bearer token, if anything. */
  readonly controlToken: string | undefined;
  readonly clock: VirtualClock;
  readonly ledger: Ledger;

  /** Makes coming requests go wrong. Throws `invalid_argument`. */
  fault(fault: Fault): FaultHandle;

  /** Stops listening, breaks open connections and ends delayed answers. A second call does nothing. */
  close(): Promise<void>;
}
