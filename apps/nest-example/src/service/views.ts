import type { Configuration, Mvpd, Profile, Readiness } from '@pass-dcr/core';

export interface ProvidersView {
  readonly serviceProvider: Configuration['serviceProvider'];
  readonly providers: readonly Pick<Mvpd, 'id' | 'displayName' | 'logoUrl'>[];
  /** The ids of the free trials. */
  readonly trials: readonly string[];
}

/** The providers that a viewer can pick, and the free trials, which need no sign-in. */
export function providersView({ serviceProvider, mvpds }: Configuration): ProvidersView {
  const shown = mvpds.filter(({ isTempPass }) => !isTempPass);
  return {
    serviceProvider,
    providers: shown.map(({ id, displayName, logoUrl }) => ({
      id,
      displayName,
      ...(logoUrl === undefined ? {} : { logoUrl }),
    })),
    trials: mvpds.filter(({ isTempPass }) => isTempPass).map(({ id }) => id),
  };
}

export interface ProfilesView {
  readonly profiles: readonly Pick<Profile, 'mvpd' | 'type' | 'notAfter'>[];
}

/** Whether somebody is signed in on this device, and with whom. */
export function profilesView(profiles: readonly Profile[]): ProfilesView {
  return { profiles: profiles.map(({ mvpd, type, notAfter }) => ({ mvpd, type, notAfter })) };
}

export interface ReadinessView {
  readonly ready: boolean;
  readonly findings: readonly string[];
}

/** Codes alone: the messages name hosts and paths, and the page is open to everybody. */
export function readinessView({ ready, findings }: Readiness): ReadinessView {
  return { ready, findings: findings.map(({ code }) => code) };
}
