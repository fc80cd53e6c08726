import { digest } from '../crypto/fingerprint.js';
import type { Mvpd, Viewer } from '../scenario/scenario.js';
import type { Profile } from '../state/profiles.js';

/** What a sign-in leaves behind. A viewer has the same `userID` on all devices; one who is not known has one of this device. */
export function signedInProfile(
  mvpd: Mvpd,
  viewer: Viewer | undefined,
  device: string,
  nowMs: number,
  {
    attributes = {},
    lifeSeconds = mvpd.profileLifeSeconds,
  }: {
    readonly attributes?: Readonly<Record<string, unknown>> | undefined;
    readonly lifeSeconds?: number | undefined;
  } = {},
): Profile {
  return {
    mvpd: mvpd.id,
    type: 'regular',
    issuer: mvpd.id,
    notBefore: nowMs,
    notAfter: nowMs + lifeSeconds * 1000,
    attributes: {
      userID: digest(
        JSON.stringify([mvpd.id, viewer?.name ?? null, viewer === undefined ? device : null]),
      ).slice(0, 32),
      ...mvpd.attributes,
      ...viewer?.attributes,
      ...attributes,
    },
    ...(viewer === undefined ? {} : { viewer: viewer.name }),
  };
}
