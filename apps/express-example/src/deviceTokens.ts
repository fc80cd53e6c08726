import { createHash, randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';

const issuer = 'express-example';
const audience = 'express-example/api';
const lifeSeconds = 30 * 24 * 60 * 60;

/** Answered as 401: the device has to ask for a new token. Says nothing of the token. */
export class DeviceTokenError extends Error {
  readonly status = 401;

  constructor(reason: string) {
    super(`The device token is ${reason}.`);
    this.name = 'DeviceTokenError';
  }
}

/**
 * Signed proof of which device a request comes from. Only this service can make one, so a device cannot speak for
 * another: that is what passMiddleware relies on.
 */
export class DeviceTokens {
  readonly #key: Uint8Array;

  /** @param secret at least 32 characters */
  constructor(secret: string) {
    this.#key = new TextEncoder().encode(secret);
  }

  /**
   * A token for a device. A platform's own id, such as Roku's channel client id, gives the same device again after a
   * reinstallation; it is hashed, as Adobe advises, so that it does not travel on. Without one the device is new.
   *
   * A platform id is a claim. Before you issue a token for one, check it by what the platform offers for that, such as
   * an attestation; this example trusts it.
   */
  async issue(
    platformId: string | undefined,
  ): Promise<{ readonly deviceToken: string; readonly expiresInSeconds: number }> {
    const device =
      platformId === undefined ? randomUUID() : createHash('sha256').update(platformId).digest('hex');
    const deviceToken = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(device)
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(`${lifeSeconds}s`)
      .sign(this.#key);
    return { deviceToken, expiresInSeconds: lifeSeconds };
  }

  /** The device identifier in `Authorization: Bearer <device token>`; `undefined` where there is no such header. */
  async verify(authorization: string | undefined): Promise<string | undefined> {
    if (authorization === undefined) return undefined;
    const [, token] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
    if (token === undefined) throw new DeviceTokenError('missing from the Authorization header');
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        algorithms: ['HS256'],
        issuer,
        audience,
        requiredClaims: ['sub', 'exp'],
      });
      return payload.sub;
    } catch (error) {
      throw new DeviceTokenError(error instanceof errors.JWTExpired ? 'expired' : 'not valid');
    }
  }
}
