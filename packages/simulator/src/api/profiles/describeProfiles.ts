import { constants, publicEncrypt } from 'node:crypto';

import type { Mvpd, ServiceProvider } from '../../scenario/scenario.js';
import type { Profile } from '../../state/profiles.js';
import type { World } from '../../world.js';

/** The body of every answer with profiles. */
export function describeProfiles(
  profiles: readonly Profile[],
  { mvpds }: ServiceProvider,
  { options }: World,
): Record<string, unknown> {
  const encrypt = (value: unknown): string =>
    publicEncrypt(
      { key: options.signingKey.publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
      Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
    ).toString('base64');
  return {
    profiles: Object.fromEntries(
      profiles.map((profile) => [
        profile.mvpd,
        describeProfile(
          profile,
          mvpds.find(({ id }) => id === profile.mvpd),
          encrypt,
        ),
      ]),
    ),
  };
}

function describeProfile(
  { notBefore, notAfter, issuer, type, attributes }: Profile,
  mvpd: Mvpd | undefined,
  encrypt: (value: unknown) => string,
): Record<string, unknown> {
  return {
    notBefore,
    notAfter,
    issuer,
    type,
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [
        name,
        mvpd?.encryptedAttributes?.includes(name) === true
          ? { value: encrypt(value), state: 'enc' }
          : { value, state: 'plain' },
      ]),
    ),
  };
}
