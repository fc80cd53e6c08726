import type { IncomingHttpHeaders } from 'node:http';

import type { ErrorCode } from '../ground/errorCatalogue.js';
import type { Mvpd, ServiceProvider } from '../scenario/scenario.js';
import type { ActiveDegradation } from '../state/degradations.js';
import { isValid, type Profile, type ProfileOwner } from '../state/profiles.js';
import type { Subjects } from '../state/sessions.js';
import { judgeTrial, type Trial, type TrialOwner, type TrialVerdict } from '../state/temporaryAccess.js';
import type { World } from '../world.js';
import { headerOf } from './headerOf.js';
import { judgeFramework } from './identity/frameworkStatus.js';
import { readSubjects } from './identity/subjects.js';
import { readIdentity } from './identity/temporaryIdentity.js';

/** Who asks, as far as single sign-on and temporary access go. */
export interface Asker {
  readonly owner: ProfileOwner;
  readonly subjects: Subjects;
  /** The MVPD that the platform's own sign-in stands for. */
  readonly partnerMvpd: string | undefined;
  readonly temporaryIdentity: string | undefined;
  readonly now: number;
}

/** How somebody stands with an MVPD. */
export type Standing =
  | { readonly kind: 'degraded'; readonly degradation: ActiveDegradation }
  | { readonly kind: 'trial'; readonly trial: TrialStanding }
  | { readonly kind: 'signedIn'; readonly profile: Profile }
  | { readonly kind: 'signedOut'; readonly code: ErrorCode };

export type TrialStanding =
  TrialVerdict | { readonly kind: 'misconfigured' } | { readonly kind: 'identityMissing' };

export function readAsker(
  { headers, now }: { readonly headers: IncomingHttpHeaders; readonly now: number },
  owner: ProfileOwner,
  { mvpds }: ServiceProvider,
): Asker {
  const framework = judgeFramework(headerOf(headers, 'ap-partner-framework-status'), mvpds, now);
  return {
    owner,
    now,
    subjects: readSubjects(headers, now),
    partnerMvpd: framework.kind === 'usable' ? framework.mvpd.id : undefined,
    temporaryIdentity: headerOf(headers, 'ap-temppass-identity'),
  };
}

export function standingOf(asker: Asker, mvpd: Mvpd, world: World, resource?: string): Standing {
  const { owner, now } = asker;
  const degradation = world.degradations.find(owner.serviceProvider, mvpd.id, now);
  if (degradation?.rule === 'AuthNAll') return { kind: 'degraded', degradation };
  if (mvpd.isTempPass === true) {
    const trials = world.temporaryAccess.trialsOf(trialOwner(asker, mvpd));
    return { kind: 'trial', trial: judgeTrialOf(asker, mvpd, trials, resource) };
  }
  const profile = usableProfiles(asker, world).find((each) => each.mvpd === mvpd.id);
  if (profile !== undefined) return { kind: 'signedIn', profile };
  return { kind: 'signedOut', code: whyNot(world.profiles.find(owner, mvpd.id), now) };
}

/** Own profiles, then those that single sign-on adds for MVPDs that are integrated here. */
export function usableProfiles(
  { owner, subjects, partnerMvpd, now }: Asker,
  world: World,
): readonly Profile[] {
  const own = world.profiles
    .valid(owner, now)
    .filter(({ type, mvpd }) => type !== 'appleSSO' || mvpd === partnerMvpd);
  const provider = world.scenario.serviceProviders.get(owner.serviceProvider);
  const shared = world.singleSignOn
    .profilesFor(subjects, now)
    .filter(({ mvpd }) => provider?.mvpds.some(({ id, active }) => active && id === mvpd) === true);
  const found = new Map<string, Profile>();
  for (const profile of [...own, ...shared]) if (!found.has(profile.mvpd)) found.set(profile.mvpd, profile);
  return [...found.values()];
}

export function trialOwner({ owner, temporaryIdentity }: Asker, mvpd: Mvpd): TrialOwner {
  const key = mvpd.temporaryAccess?.identityKey;
  return {
    serviceProvider: owner.serviceProvider,
    mvpd: mvpd.id,
    device: owner.device,
    identity: key === undefined ? undefined : readIdentity(temporaryIdentity, key),
  };
}

function judgeTrialOf(
  asker: Asker,
  mvpd: Mvpd,
  trials: readonly Trial[],
  resource: string | undefined,
): TrialStanding {
  const { temporaryAccess } = mvpd;
  if (temporaryAccess?.identityKey !== undefined && trialOwner(asker, mvpd).identity === undefined)
    return { kind: 'identityMissing' };
  if (temporaryAccess === undefined) return { kind: 'misconfigured' };
  return judgeTrial(temporaryAccess, trials, asker.now, resource);
}

function whyNot(profile: Profile | undefined, now: number): ErrorCode {
  if (profile === undefined || profile.type === 'appleSSO') return 'authenticated_profile_missing';
  if (profile.isInvalidated === true) return 'authenticated_profile_invalidated';
  return isValid(profile, now) ? 'authenticated_profile_missing' : 'authenticated_profile_expired';
}

export function codeOfTrial(kind: Exclude<TrialStanding['kind'], 'open'>): ErrorCode {
  switch (kind) {
    case 'misconfigured':
      return 'invalid_configuration_temporary_access';
    case 'identityMissing':
      return 'invalid_header_identity_for_temporary_access';
    case 'durationExceeded':
      return 'temporary_access_duration_limit_exceeded';
    case 'resourcesExceeded':
      return 'temporary_access_resources_limit_exceeded';
  }
}
