import { createHash, randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { parseDeviceInfoHeader, type Device } from '@pass-dcr/core';
import { errors, jwtVerify, SignJWT } from 'jose';
import { RequestError } from './RequestError.js';

const issuer = 'pass-dcr-example';
const audience = 'pass-dcr-example/api';
const lifeSeconds = 30 * 24 * 60 * 60;

export interface IssuedDeviceToken {
  readonly deviceToken: string;
  readonly expiresInSeconds: number;
}

/** A request of any framework here, or Koa's context. */
interface WithHeaders {
  readonly headers: IncomingHttpHeaders;
}

/**
 * Signed proofs of which device a request comes from. Only this service can make one, so a device cannot speak for
 * another: that is what the adapter relies on.
 */
export interface DeviceTokens {
  /**
   * A token for a device. A platform's own id, such as Roku's channel client id, gives the same device again after a
   * reinstallation; it is hashed, as Adobe advises, so that it does not travel on. Without one the device is new.
   *
   * A platform id is a claim. Before you issue a token for one, check it by what the platform offers for that, such as
   * an attestation; this example trusts it.
   */
  issue(platformId: string | undefined): Promise<IssuedDeviceToken>;
  /**
   * The device of a request: who it is comes from its token alone, what it is from its own description. `undefined`
   * where there is no `Authorization` header.
   * @throws RequestError 401
   */
  deviceOf(request: WithHeaders): Promise<Device | undefined>;
}

/** @param secret at least 32 characters */
export function createDeviceTokens(secret: string): DeviceTokens {
  const key = new TextEncoder().encode(secret);
  return {
    async issue(platformId) {
      const device =
        platformId === undefined ? randomUUID() : createHash('sha256').update(platformId).digest('hex');
      const deviceToken = await new SignJWT()
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setSubject(device)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime(`${lifeSeconds}s`)
        .sign(key);
      return { deviceToken, expiresInSeconds: lifeSeconds };
    },
    async deviceOf({ headers }) {
      if (headers.authorization === undefined) return undefined;
      const identifier = await verify(headers.authorization, key);
      const info = headers['x-device-info'];
      return { identifier, info: typeof info === 'string' ? parseDeviceInfoHeader(info) : undefined };
    },
  };
}

async function verify(authorization: string, key: Uint8Array): Promise<string> {
  const [, token] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
  if (token === undefined) throw refused('missing from the Authorization header');
  const expected = { algorithms: ['HS256'], issuer, audience, requiredClaims: ['exp'] };
  try {
    const { payload } = await jwtVerify(token, key, expected);
    if (payload.sub !== undefined) return payload.sub;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw refused('expired');
  }
  throw refused('not valid');
}

/** The device has to ask for a new token. Says nothing of the one it sent. */
function refused(reason: string): RequestError {
  return new RequestError(401, `The device token is ${reason}.`, {
    'WWW-Authenticate': 'Bearer error="invalid_token"',
  });
}
