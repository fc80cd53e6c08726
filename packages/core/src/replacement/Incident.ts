import { publish } from '../diagnostics.js';
import { monotonicOf, type Clock } from '../time/clock.js';
import type { Timing } from '../timing.js';
import type { FleetRefusals, IncidentCause } from './incidentCause.js';
import { membersOf } from './rowsIn.js';
import type { Found, SharedRecords } from '../cache/SharedRecords.js';

export interface IncidentOptions {
  readonly clock: Clock;
  readonly records: SharedRecords;
  readonly key: string;
  readonly timing: Timing['replacement'];
}

/**
 * The record that says: Adobe Pass refuses too many pairs, nobody replaces any. The cache ends it, fifteen seconds after
 * the last process has seen a cause.
 */
export class Incident {
  readonly #options: IncidentOptions;
  /** Since when this process has known of it, and when it last said so itself. Instants of the monotonic clock. */
  #knownSince: number | null = null;
  #saidAt: number | null = null;

  constructor(options: IncidentOptions) {
    this.#options = options;
  }

  get isKnown(): boolean {
    return this.#knownSince !== null;
  }

  /** @throws PassError `cache_unavailable` */
  async look(): Promise<Found> {
    return await this.#options.records.look(this.#options.key);
  }

  /** Says so to the others: for `incidentMs`, unless that was just said. @throws PassError `cache_unavailable` */
  async say(found: Found, cause: IncidentCause): Promise<void> {
    const { clock, records, key, timing } = this.#options;
    const now = monotonicOf(clock);
    const isSaid = this.#saidAt !== null && now - this.#saidAt < timing.incidentRenewedEveryMs;
    if (found.value !== undefined && isSaid) return;
    this.#saidAt = now;
    // Whoever was faster has said the same.
    await records.put(key, found, { value: { c: cause }, ttlMs: timing.incidentMs });
  }

  /** Whether it stands; `null`: no. Tells of its beginning and of its end, as this process sees them. */
  note(cause: IncidentCause | null, counts: FleetRefusals): void {
    const now = monotonicOf(this.#options.clock);
    if (cause !== null && this.#knownSince === null) {
      this.#knownSince = now;
      publish({ type: 'incidentBegan', cause, ...counts });
    }
    if (cause === null && this.#knownSince !== null) {
      publish({ type: 'incidentEnded', lastedMs: Math.round(now - this.#knownSince) });
      this.#knownSince = null;
    }
  }
}

const causes: readonly IncidentCause[] = ['newly_refused', 'refused', 'witness_refused'];

/** What the record says; of another version of this package it may be a cause that this one does not know. */
export function causeIn({ value }: Found): IncidentCause | null {
  if (value === undefined) return null;
  const { c } = membersOf(value);
  return causes.find((cause) => cause === c) ?? 'refused';
}
