import { digest } from '../../crypto/fingerprint.js';
import type { ErrorCode } from '../../ground/errorCatalogue.js';
import type { Mvpd } from '../../scenario/scenario.js';
import type { Profile } from '../../state/profiles.js';
import { codeOfTrial, type Asker, type Standing } from '../standing.js';

export type ProfileFinding =
  | { readonly kind: 'profiles'; readonly profiles: readonly Profile[] }
  | { readonly kind: 'refused'; readonly code: ErrorCode };

const dayMs = 86_400_000;
const profiles = (...found: readonly Profile[]): ProfileFinding => ({ kind: 'profiles', profiles: found });

/** What is shown of somebody's standing with an MVPD: nobody signed in is no error, a used-up TempPass is. */
export function profileOfStanding(standing: Standing, mvpd: Mvpd, { owner, now }: Asker): ProfileFinding {
  switch (standing.kind) {
    case 'signedIn':
      return profiles(standing.profile);
    case 'signedOut':
      return profiles();
    case 'degraded':
      return profiles({
        mvpd: mvpd.id,
        type: 'degraded',
        issuer: 'Adobe',
        notBefore: now,
        notAfter: standing.degradation.notAfter ?? now + dayMs,
        // As in Adobe's sample, whoever it is.
        attributes: { userID: `95cf93bcd183214a${digest(owner.device).slice(0, 16)}` },
      });
    case 'trial': {
      const { trial } = standing;
      if (trial.kind !== 'open') return { kind: 'refused', code: codeOfTrial(trial.kind) };
      const { resources } = mvpd.temporaryAccess ?? {};
      return profiles({
        mvpd: mvpd.id,
        type: 'temporary',
        issuer: 'Adobe',
        notBefore: trial.startedAt,
        notAfter: trial.notAfter,
        attributes: {
          userID: `temppass_${digest(`${mvpd.id}:${owner.device}`).slice(0, 32)}`,
          expiration_date: trial.notAfter,
          ...(resources === undefined
            ? {}
            : { remaining_resources: resources - trial.used.length, used_assets: trial.used }),
        },
      });
    }
  }
}
