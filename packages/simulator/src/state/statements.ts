import { digest } from '../crypto/fingerprint.js';
import { readJwt, signJwt, verifyJwt } from '../crypto/jwt.js';
import type { SigningKey } from '../crypto/signingKey.js';
import type { Application, Scenario } from '../scenario/scenario.js';
import { SimulatorError } from '../ground/simulatorError.js';

/** One downloaded statement, or every statement of an application at once (which is what Adobe can revoke). */
export type StatementTarget = { readonly statement: string } | { readonly application: string };

export type StatementVerdict =
  | { readonly kind: 'approved'; readonly application: Application; readonly statementDigest: string }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'unapproved' };

export class Statements {
  readonly #key: SigningKey;
  readonly #scenario: Scenario;
  readonly #acceptForeign: boolean;
  readonly #issued = new Set<string>();
  readonly #revoked = new Set<string>();

  constructor(key: SigningKey, scenario: Scenario, acceptForeign = false) {
    this.#acceptForeign = acceptForeign;
    this.#key = key;
    this.#scenario = scenario;
  }

  /** A new string at every call, for the same `sub`. Earlier ones stay good. */
  issue(applicationName: string, nowMs: number): string {
    const application = this.application(applicationName);
    const iat = Math.floor(nowMs / 1000);
    for (let variant = 0; ; variant += 1) {
      const statement = signJwt(
        { sub: application.id, nbf: iat, iss: 'auth.adobe.com', iat },
        this.#key.privateKey,
        variant,
      );
      const key = digest(statement);
      if (this.#issued.has(key)) continue;
      this.#issued.add(key);
      return statement;
    }
  }

  /** Statements carry no expiry, and one that this process has not issued is as good as any other. */
  inspect(statement: string): StatementVerdict {
    const own = verifyJwt(statement, this.#key.publicKey);
    const jwt = own.kind === 'invalid' && this.#acceptForeign ? readJwt(statement) : own;
    if (jwt.kind === 'invalid' || jwt.claims['iss'] !== 'auth.adobe.com') return { kind: 'invalid' };
    const applications = [...this.#scenario.applications.values()];
    const application =
      own.kind === 'invalid'
        ? applications[0]
        : applications.find((candidate) => candidate.id === jwt.claims['sub']);
    if (application === undefined) return { kind: 'unapproved' };
    const statementDigest = digest(statement);
    if (this.isRevoked(application.name, statementDigest)) return { kind: 'unapproved' };
    return { kind: 'approved', application, statementDigest };
  }

  isRevoked(applicationName: string, statementDigest: string): boolean {
    return (
      this.#revoked.has(`application:${applicationName}`) || this.#revoked.has(`statement:${statementDigest}`)
    );
  }

  revoke(target: StatementTarget): void {
    this.#revoked.add(this.#revocationKey(target));
  }

  restore(target: StatementTarget): void {
    this.#revoked.delete(this.#revocationKey(target));
  }

  clear(): void {
    this.#revoked.clear();
  }

  application(name: string): Application {
    const application = this.#scenario.applications.get(name);
    if (application === undefined) {
      throw new SimulatorError(
        'unknown_application',
        `no application ${JSON.stringify(name)} in the scenario, which has ${[...this.#scenario.applications.keys()].join(', ')}`,
      );
    }
    return application;
  }

  #revocationKey(target: StatementTarget): string {
    return 'statement' in target
      ? `statement:${digest(target.statement)}`
      : `application:${this.application(target.application).name}`;
  }
}
