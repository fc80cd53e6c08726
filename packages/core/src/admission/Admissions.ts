import type { KeySpace } from '../cache/keySpace.js';
import { PassError } from '../errors.js';
import type { Failure } from '../registration/event.js';
import { normaliseSoftwareStatement, statementFingerprint, statementHash } from '../dcr/softwareStatement.js';
import { failureOf } from '../failures.js';
import type { RegistrationBudget } from './RegistrationBudget.js';
import type { StatementGate } from './StatementGate.js';

/** Leave to make one register call. `end` is called once, whatever came of it. */
export interface Admission {
  readonly softwareStatement: string;
  readonly statementHash: string;
  readonly end: () => void;
}

export interface AdmissionsOptions {
  readonly softwareStatement: () => string | Promise<string>;
  readonly keySpace: KeySpace;
  readonly statements: StatementGate;
  readonly budget: RegistrationBudget;
  /** Called with the fingerprint of the statement each time that the key space is about to be registered in. */
  readonly onVerified: (statement: string) => void;
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

  /**
   * `address`: as forwarded. `signal`: nobody wants it any more. `ephemeral`: the cache cannot be asked, and nothing will
   * be stored under a name of it. Never rejects.
   */
  async admit(
    address: string | undefined,
    signal: AbortSignal,
    ephemeral = false,
  ): Promise<Admission | Failure> {
    const { keySpace, statements, budget, onVerified } = this.#options;
    try {
      const softwareStatement = normaliseSoftwareStatement(await this.#statement());
      const hash = statementHash(softwareStatement);
      if (!ephemeral) {
        await keySpace.verify();
        onVerified(statementFingerprint(softwareStatement));
      }
      const ticket = await statements.admit(hash, signal);
      if ('code' in ticket) return ticket;
      const place = await budget.reserve(address, signal);
      if (typeof place !== 'function') {
        ticket.end();
        return place;
      }
      return {
        softwareStatement,
        statementHash: hash,
        end: () => {
          ticket.end();
          place();
        },
      };
    } catch (error) {
      return failureOf(error, 'software_statement_unavailable');
    }
  }

  /** What the user's function throws is told by its name only: its message may quote what it was reading. */
  async #statement(): Promise<string> {
    try {
      return await this.#options.softwareStatement();
    } catch (error) {
      const name = error instanceof Error ? error.name : typeof error;
      throw new PassError(
        'software_statement_unavailable',
        `the softwareStatement function was rejected (${name})`,
        {
          retryAfterMs: 5_000,
        },
      );
    }
  }
}
