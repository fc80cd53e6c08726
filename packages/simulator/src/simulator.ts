import type { VirtualClock } from './clock/virtualClock.js';
import type { Fault, FaultHandle, FaultSummary } from './faults/fault.js';
import type { Ledger } from './ledger/ledger.js';
import type { Revoked, TokenOwner } from './verbs/revocation.js';
import type { SignedIn, SignIn, SignOut } from './verbs/signIn.js';
import type { ClientFilter, ClientSummary } from './state/clients.js';
import type { StatementTarget } from './state/statements.js';

/** Adobe Pass on a socket of this machine, listening until it is closed. */
export interface Simulator extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without trailing slash: the base URL to give to a client. */
  readonly url: string;
  readonly port: number;
  /** What the control API demands as Bearer token, if anything. */
  readonly controlToken: string | undefined;
  readonly clock: VirtualClock;
  readonly ledger: Ledger;

  /** A freshly signed statement of a registered application; every call gives another one, all stay good. Throws `unknown_application`. */
  issueSoftwareStatement(request: { readonly application: string }): string;

  /** Signs a viewer in, without the login page. Throws `unknown_service_provider`, `unknown_client`, `invalid_argument`. */
  signIn(request: SignIn): SignedIn;
  /** Removes profiles; returns how many. */
  signOut(request: SignOut): number;

  /** Makes coming requests go wrong. Throws `invalid_argument`. */
  fault(fault: Fault): FaultHandle;
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

  /** Stops listening, breaks open connections and ends delayed answers. A second call does nothing. */
  close(): Promise<void>;
}
