import type { FaultSummary } from '../faults/fault.js';
import type { ClientFilter, ClientSummary } from '../state/clients.js';
import type { StatementTarget } from '../state/statements.js';
import type { Revoked, TokenOwner } from './revocation.js';
import type { SignedIn, SignIn, SignOut } from './signIn.js';

/** What can be asked of a simulator in the same words here and from another process. Each has a line in `verbs`. */
export interface SimulatorVerbs {
  /** A freshly signed statement of a registered application; every call gives another one, all stay good. Throws `unknown_application`. */
  issueSoftwareStatement(request: { readonly application: string }): string;

  /** Signs a viewer in, without the login page. Throws `unknown_service_provider`, `unknown_client`, `invalid_argument`. */
  signIn(request: SignIn): SignedIn;
  /** Removes profiles; returns how many. */
  signOut(request: SignOut): number;

  /** Those that may still hit a request. */
  faults(): FaultSummary[];
  clearFaults(): void;

  /** The API answers this token with 401. */
  revokeToken(accessToken: string): void;
  restoreToken(accessToken: string): void;
  /** Revokes all valid tokens of a pair, or of all pairs seen with a device. */
  revokeTokensOf(owner: TokenOwner): Revoked;
  /** The pair's tokens stop working, and `/o/client/token` answers `invalid_client`. */
  revokeClient(clientId: string): void;
  restoreClient(clientId: string): void;
  /**
   * Registrations get `unapproved_software_statement`; tokens of its pairs 401, and their token requests
   * `revokedStatementError`. Revokes one statement, or all of an application.
   */
  revokeStatement(target: StatementTarget): void;
  restoreStatement(target: StatementTarget): void;

  /** Registered pairs in order of registration, without secrets. */
  clients(filter?: ClientFilter): ClientSummary[];

  /** Forgets clients, tokens, profiles, revocations, faults, allowances and the ledger. The clock stays. */
  reset(): void;
}
