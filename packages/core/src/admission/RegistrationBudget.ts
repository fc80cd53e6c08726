import type { Answer, Failure } from '../registration/event.js';
import { monotonicOf, type Clock } from '../time/clock.js';
import type { Timing } from '../timing.js';
import { Allowances, type AllowanceLimits, type Charge } from './Allowances.js';
import type { Permit } from './Permit.js';
import { RegistrationQueue, type QueueLimits } from './RegistrationQueue.js';

export type RegistrationLimits = QueueLimits & AllowanceLimits;

type RegisterAnswer = Answer<'registered'> | Answer<'registrationFailed'>;

/** A place among the register calls on the wire, for one of them. */
export interface Place extends Permit {
  /** Makes the call that the place is for, which costs what was set aside for it once it was on the wire. */
  readonly register: (call: () => Promise<RegisterAnswer>) => Promise<RegisterAnswer>;
}

/**
 * Keeps invented device identifiers from becoming registrations: so many per address, per network and per process, so many
 * on the wire, and a queue for the rest. All of it is in memory, and asked before anything is asked of anybody.
 */
export class RegistrationBudget {
  readonly #clock: Clock;
  readonly #allowances: Allowances;
  readonly #queue: RegistrationQueue;

  constructor(limits: RegistrationLimits, clock: Clock, timing: Timing['admission']) {
    this.#clock = clock;
    this.#allowances = new Allowances(limits, timing, monotonicOf(clock));
    this.#queue = new RegistrationQueue(limits, timing);
  }

  /** A place among the registrations on the wire, at once or when one is free; or why there is none. `signal`: nobody wants it any more. */
  async reserve(address: string | undefined, signal: AbortSignal): Promise<Place | Failure> {
    const now = monotonicOf(this.#clock);
    const charge = this.#allowances.charge(address, now);
    if ('code' in charge) return charge;
    const permit = await this.#queue.enter(signal, now);
    if (!('code' in permit)) return this.#placeOf(permit, charge);
    charge.refund();
    return permit;
  }

  #placeOf(permit: Permit, charge: Charge): Place {
    let wasSent = false;
    let hasEnded = false;
    return {
      register: async (call) => {
        const startedAt = monotonicOf(this.#clock);
        const answer = await call();
        const now = monotonicOf(this.#clock);
        const kind = kindOf(answer);
        if (kind === 'unsent') return answer;
        wasSent = true;
        const { areWaiting } = this.#queue;
        this.#queue.answered(
          kind === 'failed' ? { kind, now } : { kind, now, latencyMs: now - startedAt, areWaiting },
        );
        return answer;
      },
      end: () => {
        if (hasEnded) return;
        hasEnded = true;
        if (!wasSent) charge.refund();
        permit.end();
      },
    };
  }
}

function kindOf(answer: RegisterAnswer): 'served' | 'refused' | 'failed' | 'unsent' {
  if (answer.type === 'registered') return 'served';
  const { code, adobeStatus } = answer.failure;
  if (code === 'upstream_unavailable') return 'failed';
  // Its address is to be left alone.
  return code === 'upstream_throttled' && adobeStatus === null ? 'unsent' : 'refused';
}
