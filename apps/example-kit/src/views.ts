import type { Configuration, Mvpd, Profile } from '@pass-dcr/core';

export interface ProvidersView {
  readonly serviceProvider: Configuration['serviceProvider'];
  readonly providers: readonly Pick<Mvpd, 'id' | 'displayName' | 'logoUrl'>[];
}

/** The providers that a viewer can pick. */
export function providersView({ serviceProvider, mvpds }: Configuration): ProvidersView {
  const shown = mvpds.filter(({ isTempPass }) => !isTempPass);
  return {
    serviceProvider,
    providers: shown.map(({ id, displayName, logoUrl }) => ({
      id,
      displayName,
      ...(logoUrl === undefined ? {} : { logoUrl }),
    })),
  };
}

export interface ProfilesView {
  readonly profiles: readonly Pick<Profile, 'mvpd' | 'type' | 'notAfter'>[];
}

/** Whether somebody is signed in on this device, and with whom. */
export function profilesView(profiles: readonly Profile[]): ProfilesView {
  return { profiles: profiles.map(({ mvpd, type, notAfter }) => ({ mvpd, type, notAfter })) };
}
