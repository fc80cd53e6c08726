import { randomUUID } from 'node:crypto';

import { digest } from '../crypto/fingerprint.js';
import { signJwt } from '../crypto/jwt.js';
import type { SigningKey } from '../crypto/signingKey.js';
import { SimulatorError } from '../ground/simulatorError.js';
import type { Client } from './clients.js';

export interface TokenRecord {
  readonly clientId: string;
  /** Epoch milliseconds, simulated. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  revoked: boolean;
}

export interface IssuedToken {
  readonly id: string;
  readonly accessToken: string;
}

export class Tokens {
  readonly #key: SigningKey;
  readonly #lifeSeconds: number;
  readonly #records = new Map<string, TokenRecord>();
  #sweepAtSize = 10_000;

  constructor(key: SigningKey, lifeSeconds: number) {
    this.#key = key;
    this.#lifeSeconds = lifeSeconds;
  }

  /** Tokens issued before stay valid. */
  issue(client: Client, nowMs: number): IssuedToken {
    const iat = Math.floor(nowMs / 1000);
    const claims = {
      sub: client.clientId,
      nbf: iat,
      iss: 'auth.adobe.com',
      scopes: client.application.scopes.join(','),
      exp: iat + this.#lifeSeconds,
      iat,
    };
    for (let variant = 0; ; variant += 1) {
      const accessToken = signJwt(claims, this.#key.privateKey, variant);
      const key = digest(accessToken);
      if (this.#records.has(key)) continue;
      this.#sweep(nowMs);
      this.#records.set(key, {
        clientId: client.clientId,
        issuedAt: nowMs,
        expiresAt: nowMs + this.#lifeSeconds * 1000,
        revoked: false,
      });
      client.tokensIssued += 1;
      return { id: randomUUID(), accessToken };
    }
  }

  find(accessToken: string): TokenRecord | undefined {
    return this.#records.get(digest(accessToken));
  }

  setRevoked(accessToken: string, revoked: boolean): void {
    const record = this.find(accessToken);
    if (record === undefined)
      throw new SimulatorError('invalid_argument', 'that access token was not issued by this simulator');
    record.revoked = revoked;
  }

  /** Returns how many valid tokens it revoked. */
  revokeOf(clientIds: ReadonlySet<string>, nowMs: number): number {
    let revoked = 0;
    for (const record of this.#records.values()) {
      if (!clientIds.has(record.clientId) || record.revoked || record.expiresAt <= nowMs) continue;
      record.revoked = true;
      revoked += 1;
    }
    return revoked;
  }

  clear(): void {
    this.#records.clear();
  }

  #sweep(nowMs: number): void {
    if (this.#records.size < this.#sweepAtSize) return;
    for (const [key, record] of this.#records) if (record.expiresAt <= nowMs) this.#records.delete(key);
    this.#sweepAtSize = Math.max(10_000, this.#records.size * 2);
  }
}
