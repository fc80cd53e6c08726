import type { Clock, Timer } from '../clock.js';
import type { Failure } from '../registration/event.js';
import type { Admission } from './Admissions.js';
import type { DcrCaller } from './DcrCalls.js';
import { Waiters } from './Waiters.js';

/** What a session needs only while it works. Most sessions rest, and a million of them should not pay for it. */
export class SessionWork {
  readonly tag: string;
  readonly caller: DcrCaller;
  readonly waiters: Waiters;
  /** The wait that is going on, if one is. `until`: epoch milliseconds. */
  waiting: { readonly timer: Timer; readonly until: number; readonly failure: Failure | null } | null = null;
  /** A request found the token due for renewal while this work, which may not have been about that, was going on. */
  renewalSeenDue = false;
  #unwanted: AbortController = new AbortController();
  #admission: Admission | null = null;

  constructor(tag: string, caller: DcrCaller, clock: Clock) {
    this.tag = tag;
    this.caller = caller;
    this.waiters = new Waiters(clock, () => this.#unwanted.abort());
  }

  /** Aborted when no caller waits any more: a queue is left, but nothing on the wire is broken off. */
  get unwanted(): AbortSignal {
    return this.#unwanted.signal;
  }

  /** A caller has come. */
  want(): void {
    if (this.#unwanted.signal.aborted) this.#unwanted = new AbortController();
  }

  abandon(): void {
    this.#unwanted.abort();
  }

  /** The leave to register that this work holds; letting go of it ends it. */
  get admission(): Admission | null {
    return this.#admission;
  }

  set admission(next: Admission | null) {
    if (this.#admission !== next) this.#admission?.end();
    this.#admission = next;
  }
}
