import type { KeySpace } from '../cache/keySpace.js';
import type { Failure } from '../registration/event.js';
import type { SoftwareStatement } from '../dcr/SoftwareStatement.js';
import { failureOf } from '../failures.js';
import type { Place, RegistrationBudget } from './RegistrationBudget.js';
import type { StatementGate } from './StatementGate.js';
import type { StatementPermit } from './StatementStanding.js';
import type { Timing } from '../timing.js';

/** Leave to make one register call. Whoever makes it says what Adobe Pass thinks of the statement. */
export interface Admission extends StatementPermit {
  readonly statement: SoftwareStatement;
}

export interface AdmissionsOptions {
  readonly statement: () => Promise<SoftwareStatement>;
  readonly keySpace: KeySpace;
  readonly statements: StatementGate;
  readonly budget: RegistrationBudget;
  readonly timing: Timing['admission'];
  /** Called each time that the key space is about to be registered in. */
  readonly onVerified: (statement: SoftwareStatement) => void;
}

/**
 * Everything that stands between a device without credentials and a register call: the cache's own sentinel, the
 * statement's standing, and the budget. Devices with credentials never come here.
 */
export class Admissions {
  readonly #options: AdmissionsOptions;

  constructor(options: AdmissionsOptions) {
    this.#options = options;
  }

  /** A place among the register calls on the wire, at once or when there is one; or why there is none. `address`: as forwarded. */
  async queue(address: string | undefined, signal: AbortSignal): Promise<Place | Failure> {
    return await this.#options.budget.reserve(address, signal);
  }

  /** What an admission will need to know is asked for now, beside something else. */
  lookAhead(): void {
    this.#options.statements.lookAhead();
  }

  /**
   * Leave for whoever has a place. `signal`: nobody wants it any more. `ephemeral`: the cache cannot be asked, and nothing
   * will be stored under a name of it. Never rejects.
   */
  async admit(signal: AbortSignal, ephemeral = false): Promise<Admission | Failure> {
    const { keySpace, statements, onVerified } = this.#options;
    try {
      const statement = await this.#options.statement();
      if (!ephemeral) {
        await keySpace.verify();
        onVerified(statement);
      }
      const mayPresent = await statements.admit(statement, signal);
      if ('code' in mayPresent) return mayPresent;
      return { ...mayPresent, statement };
    } catch (error) {
      return failureOf(error, 'software_statement_unavailable', this.#options.timing.statementRetryMs);
    }
  }
}
