import type { KeyNames } from '../cache/keyNames.js';
import type { RecordStore } from '../cache/RecordStore.js';
import type { SoftwareStatement } from '../dcr/SoftwareStatement.js';
import type { Clock } from '../time/clock.js';
import { publish } from '../diagnostics.js';
import type { Failure } from '../registration/event.js';
import { failure } from '../registration/failure.js';
import { settledOrAborted } from '../time/settledOrAborted.js';
import type { Timing } from '../timing.js';
import type { Permit } from './Permit.js';

interface Block {
  readonly until: number;
  readonly adobeCode: string;
}

export interface StatementGateOptions {
  readonly clock: Clock;
  readonly store: RecordStore;
  readonly names: KeyNames;
  readonly timing: Timing['admission'];
}

/**
 * Remembers which software statements Adobe Pass rejected, here and in the cache. It stands before registrations only:
 * devices with credentials never meet it. Keyed by the whole statement, so that a corrected one works at once.
 *
 * Until a statement has been accepted once, its registrations go one at a time: if it is a bad one, a thousand waiting
 * devices cost one call.
 */
export class StatementGate {
  readonly #options: StatementGateOptions;
  /** By the hashes of statements, as are the blocks. */
  readonly #accepted: Set<string> = new Set();
  readonly #blocked: Map<string, Block> = new Map();
  #probe: Promise<void> | null = null;

  constructor(options: StatementGateOptions) {
    this.#options = options;
  }

  /** The block in force for any statement, for the readiness report. */
  get block(): { readonly adobeCode: string; readonly remainingMs: number } | null {
    const now = this.#options.clock.now();
    for (const { until, adobeCode } of this.#blocked.values()) {
      if (until > now) return { adobeCode, remainingMs: until - now };
    }
    return null;
  }

  /**
   * A permit to present the statement once, or why not. `signal`: nobody wants it any more.
   */
  async admit({ hash }: SoftwareStatement, signal: AbortSignal): Promise<Permit | Failure> {
    while (!this.#accepted.has(hash)) {
      const blocked = this.#blockOf(hash);
      if (blocked !== null) return blocked;
      if (signal.aborted)
        return failure('registration_limited', 'the software statement was not proven in time', {
          retryAfterMs: this.#options.timing.queueRetryMs,
        });
      if (this.#probe === null) {
        const end = this.#startProbe();
        const shared = await this.#sharedBlockOf(hash);
        if (shared === null) return { end };
        end();
        return shared;
      }
      await settledOrAborted(this.#probe, signal);
    }
    return { end: () => undefined };
  }

  /** Adobe Pass took the statement. */
  accepted({ hash }: SoftwareStatement): void {
    this.#accepted.add(hash);
    this.#blocked.delete(hash);
  }

  /** Adobe Pass does not take the statement: nobody presents it again for a while. */
  async rejected({ hash }: SoftwareStatement, adobeCode: string): Promise<void> {
    const { clock, names, store, timing } = this.#options;
    this.#accepted.delete(hash);
    const until = clock.now() + timing.statementBlockedMs;
    this.#blocked.set(hash, { until, adobeCode });
    publish({ type: 'statementRejected', adobeCode, blockedForMs: timing.statementBlockedMs });
    // Only a courtesy to other processes: without it each finds out with one call of its own.
    await store
      .swap(names.ofStatement(hash), null, { u: until, e: adobeCode }, timing.statementBlockedMs)
      .catch(() => undefined);
  }

  #startProbe(): () => void {
    let resolve: () => void = () => undefined;
    const probe = new Promise<void>((done) => (resolve = done));
    this.#probe = probe;
    return () => {
      if (this.#probe === probe) this.#probe = null;
      resolve();
    };
  }

  #blockOf(hash: string): Failure | null {
    const block = this.#blocked.get(hash);
    if (block === undefined) return null;
    const retryAfterMs = block.until - this.#options.clock.now();
    if (retryAfterMs <= 0) {
      this.#blocked.delete(hash);
      return null;
    }
    return failure(
      'software_statement_rejected',
      `Adobe Pass rejected the software statement (${block.adobeCode}); it is not presented again for now; ` +
        'supply a valid statement of the registered application for this environment',
      { retryAfterMs, adobeCode: block.adobeCode },
    );
  }

  async #sharedBlockOf(hash: string): Promise<Failure | null> {
    const { names, store, clock, timing } = this.#options;
    const [slot] = await store.read([names.ofStatement(hash)]).catch(() => []);
    if (slot?.kind !== 'stored') return null;
    const { u: until, e: adobeCode } = (slot.value ?? {}) as { u?: unknown; e?: unknown };
    if (typeof until !== 'number' || typeof adobeCode !== 'string') return null;
    if (until <= clock.now() || until > clock.now() + timing.statementBlockedMs) return null;
    this.#blocked.set(hash, { until, adobeCode });
    return this.#blockOf(hash);
  }
}
