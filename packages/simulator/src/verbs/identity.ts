import { partnerResponse as responseOf } from '../api/partner/partnerSaml.js';
import { signJwt } from '../crypto/jwt.js';
import type { World } from '../world.js';

export interface IdentityTokenRequest {
  /** Who it is: equal subjects share their sign-ins. */
  readonly subject: string;
  /** Default 3600. */
  readonly lifeSeconds?: number;
}

/** Signed RS256, as a service token has to be; a platform token may be signed by anything. */
export function issueIdentityToken(
  { options, clock }: World,
  { subject, lifeSeconds = 3600 }: IdentityTokenRequest,
): string {
  const iat = Math.floor(clock.now() / 1000);
  const claims = { iss: 'pass-simulator', sub: subject, aud: 'Adobe', iat, exp: iat + lifeSeconds };
  return signJwt(claims, options.signingKey.privateKey);
}

export interface PartnerResponseRequest {
  readonly mvpd: string;
  /** Default `viewer`. */
  readonly viewer?: string;
}

export function partnerResponse(_world: World, { mvpd, viewer = 'viewer' }: PartnerResponseRequest): string {
  return responseOf(mvpd, viewer);
}

export function publicKey({ options }: World): string {
  return options.signingKey.publicKey.export({ type: 'spki', format: 'pem' }).toString();
}
