import type { KeyNames } from '../cache/keyNames.js';
import type { SoftwareStatement } from '../dcr/SoftwareStatement.js';
import { publish } from '../diagnostics.js';
import type { Failure } from '../registration/event.js';
import type { Rejection } from './statementRecord.js';
import { StatementStanding, type StandingOptions, type StatementPermit } from './StatementStanding.js';

export interface StatementGateOptions extends Omit<StandingOptions, 'key'> {
  readonly names: KeyNames;
}

/**
 * Knows which software statements Adobe Pass takes. It stands before registrations only: devices with credentials never meet
 * it. Keyed by the whole statement, so that a corrected one works at once.
 */
export class StatementGate {
  readonly #options: StatementGateOptions;
  /** By the hashes of statements. */
  readonly #standings: Map<string, StatementStanding> = new Map();
  /** Of the statement that was presented last. */
  #current: StatementStanding | null = null;

  constructor(options: StatementGateOptions) {
    this.#options = options;
  }

  /** Of the statement that was presented last; `null`: it is not known to be rejected. */
  get rejection(): Rejection | null {
    return this.#current?.rejection ?? null;
  }

  /** Leave to present the statement once, or why not. `signal`: nobody wants it any more. */
  async admit(statement: SoftwareStatement, signal: AbortSignal): Promise<StatementPermit | Failure> {
    this.#current = this.#standingOf(statement);
    return await this.#current.admit(signal);
  }

  /** What other processes found out about the statement in use is asked for now, instead of before it is presented. */
  lookAhead(): void {
    this.#current?.lookAhead();
  }

  /** The next device presents the statement at once. @throws PassError `cache_unavailable`: only in this process */
  async retry(statement: SoftwareStatement): Promise<void> {
    publish({ type: 'statementRetried' });
    await this.#standingOf(statement).retry();
  }

  #standingOf({ hash }: SoftwareStatement): StatementStanding {
    const known = this.#standings.get(hash);
    if (known !== undefined) return known;
    const { names, ...options } = this.#options;
    const standing = new StatementStanding({ ...options, key: names.ofStatement(hash) });
    this.#standings.set(hash, standing);
    return standing;
  }
}
