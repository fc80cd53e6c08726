import { publish } from '../diagnostics.js';
import { monotonicOf, type Clock } from '../time/clock.js';
import type { Timing } from '../timing.js';
import type { FleetRefusals, IncidentCause } from './incidentCause.js';
import { membersOf } from './rowsIn.js';
import type { Found, SharedRecords } from './SharedRecords.js';

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

  /**
   * Says so while there is a cause, and tells of the beginning and the end as this process sees them. Whether it stands.
   * @throws PassError `cache_unavailable`
   */
  async follow(found: Found, cause: IncidentCause | null, counts: FleetRefusals): Promise<boolean> {
    if (cause !== null) await this.#say(found, cause);
    const stands = cause !== null || found.value !== undefined;
    this.#tell(stands, cause ?? causeIn(found.value), counts);
    return stands;
  }

  async #say(found: Found, cause: IncidentCause): Promise<void> {
    const { clock, records, key, timing } = this.#options;
    const now = monotonicOf(clock);
    const isSaid = this.#saidAt !== null && now - this.#saidAt < timing.incidentRenewedEveryMs;
    if (found.value !== undefined && isSaid) return;
    this.#saidAt = now;
    // Whoever was faster has said the same.
    await records.put(key, found, { value: { c: cause }, ttlMs: timing.incidentMs });
  }

  #tell(stands: boolean, cause: IncidentCause, counts: FleetRefusals): void {
    const now = monotonicOf(this.#options.clock);
    if (stands && this.#knownSince === null) {
      this.#knownSince = now;
      publish({ type: 'incidentBegan', cause, ...counts });
    }
    if (!stands && this.#knownSince !== null) {
      publish({ type: 'incidentEnded', lastedMs: Math.round(now - this.#knownSince) });
      this.#knownSince = null;
    }
  }
}

const causes: readonly IncidentCause[] = ['newly_refused', 'refused', 'witness_refused'];

/** Of another version of this package it may be one that this one does not know. */
function causeIn(value: unknown): IncidentCause {
  const { c } = membersOf(value);
  return causes.find((cause) => cause === c) ?? 'refused';
}
