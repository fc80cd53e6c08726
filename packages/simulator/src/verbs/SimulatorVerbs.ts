import type { FaultSummary } from '../faults/fault.js';
import type { ClientFilter, ClientSummary } from '../state/clients.js';
import type { StatementTarget } from '../state/statements.js';
import type { Degradation, DegradationTarget } from '../state/degradations.js';
import type { SessionFilter, SessionSummary } from '../state/sessions.js';
import type { IdentityTokenRequest, PartnerResponseRequest } from './identity.js';
import type { LogIn } from './logIn.js';
import type { Revoked, TokenOwner } from './revocation.js';
import type { SignedIn, SignIn, SignOut } from './signIn.js';
import type { TemporaryAccessReset } from './temporaryAccess.js';

/** What can be asked of a simulator in the same words here and from another process. Each has a line in `verbs`. */
export interface SimulatorVerbs {
  /** A freshly signed statement of a registered application; every call gives another one, all stay good. Throws `unknown_application`. */
  issueSoftwareStatement(request: { readonly application: string }): string;

  /** Signs a viewer in, without the login page. Throws `unknown_service_provider`, `unknown_client`, `invalid_argument`. */
  signIn(request: SignIn): SignedIn;
  /** Removes profiles; returns how many. */
  signOut(request: SignOut): number;

  /** Codes in order of creation, with what has become of them. */
  sessions(filter?: SessionFilter): SessionSummary[];
  /** Does at the MVPD what a viewer with the code in hand would do. Throws `invalid_argument`: no open session, or no such viewer. */
  logIn(request: LogIn): void;

  /** A degradation rule comes into force. Throws `unknown_service_provider`, `invalid_argument`. */
  degrade(degradation: Degradation): void;
  /** Ends rules; returns how many. */
  endDegradation(target: DegradationTarget): number;
  /** Gives the time of a TempPass back; returns to how many. */
  resetTemporaryAccess(request: TemporaryAccessReset): number;

  /** A token that names a person to single sign-on: for `AD-Service-Token`, or for `Adobe-Subject-Token`. */
  issueIdentityToken(request: IdentityTokenRequest): string;
  /** What the platform's framework would bring back of the MVPD: a `SAMLResponse`, Base64. */
  partnerResponse(request: PartnerResponseRequest): string;
  /** The public key (PEM) that signatures of statements, access tokens, identity tokens and media tokens hold to. */
  publicKey(): string;

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

  /** Forgets clients, tokens, sessions, profiles, trials, degradations, revocations, faults, allowances and the ledger. The clock stays. */
  reset(): void;
}
