export type ProfileType =
  'regular' | 'degraded' | 'temporary' | 'appleSSO' | 'platformSSO' | 'serviceTokenSSO';

/** A viewer's sign-in with an MVPD. */
export interface Profile {
  readonly mvpd: string;
  readonly type: ProfileType;
  readonly issuer: string;
  /** Epoch milliseconds, simulated. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Plain values; `userID` is always there. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The account at the MVPD, if the scenario has it. */
  readonly viewer?: string;
  /** Somebody has revoked it, which is not the same as never having been there. */
  readonly isInvalidated?: boolean;
}

/**
 * What a sign-in hangs on. Re-registering a device loses its sign-ins, so the pair is part of the key,
 * https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-dcr/dynamic-client-registration-faqs
 */
export interface ProfileOwner {
  readonly clientId: string;
  readonly device: string;
  readonly serviceProvider: string;
}

/** An owner whose pair is not known yet has no `clientId`. */
export type ProfileClaim = Omit<ProfileOwner, 'clientId'> & { readonly clientId: string | undefined };

export interface StoredProfile {
  readonly owner: ProfileClaim;
  readonly profile: Profile;
}

interface Shelf {
  readonly owner: ProfileClaim;
  readonly profiles: Map<string, Profile>;
}

export class Profiles {
  readonly #shelves = new Map<string, Shelf>();

  /** Without a pair, it waits for the first pair that calls for this device. */
  add(owner: ProfileClaim, profile: Profile): void {
    const key = ownerKey(owner);
    const shelf = this.#shelves.get(key) ?? { owner, profiles: new Map<string, Profile>() };
    shelf.profiles.set(profile.mvpd, profile);
    this.#shelves.set(key, shelf);
  }

  /** Returns how many it removed. */
  remove(owner: ProfileClaim, mvpd: string | undefined): number {
    const profiles = this.#shelves.get(ownerKey(owner))?.profiles;
    if (profiles === undefined) return 0;
    const gone = mvpd === undefined ? [...profiles.keys()] : [mvpd];
    return gone.filter((id) => profiles.delete(id)).length;
  }

  /** Returns how many it invalidated. */
  invalidate(owner: ProfileClaim, mvpd: string | undefined): number {
    const profiles = [...(this.#shelves.get(ownerKey(owner))?.profiles.values() ?? [])].filter(
      (profile) => mvpd === undefined || profile.mvpd === mvpd,
    );
    for (const profile of profiles) this.add(owner, { ...profile, isInvalidated: true });
    return profiles.length;
  }

  /** Expired ones simply disappear from the answer. */
  valid(owner: ProfileOwner, nowMs: number): Profile[] {
    return this.#of(owner).filter((profile) => isValid(profile, nowMs));
  }

  /** Also one that is over. */
  find(owner: ProfileOwner, mvpd: string): Profile | undefined {
    return this.#of(owner).find((profile) => profile.mvpd === mvpd);
  }

  dump(): StoredProfile[] {
    return [...this.#shelves.values()].flatMap(({ owner, profiles }) =>
      [...profiles.values()].map((profile) => ({ owner, profile })),
    );
  }

  load(stored: readonly StoredProfile[]): void {
    for (const { owner, profile } of stored) this.add(owner, profile);
  }

  clear(): void {
    this.#shelves.clear();
  }

  #of(owner: ProfileOwner): readonly Profile[] {
    this.#claim(owner);
    return [...(this.#shelves.get(ownerKey(owner))?.profiles.values() ?? [])];
  }

  #claim(owner: ProfileOwner): void {
    const key = ownerKey({ ...owner, clientId: undefined });
    for (const profile of this.#shelves.get(key)?.profiles.values() ?? []) this.add(owner, profile);
    this.#shelves.delete(key);
  }
}

export function isValid({ notBefore, notAfter, isInvalidated = false }: Profile, nowMs: number): boolean {
  return !isInvalidated && notBefore <= nowMs && nowMs < notAfter;
}

function ownerKey({ clientId, device, serviceProvider }: ProfileClaim): string {
  return JSON.stringify([clientId ?? null, device, serviceProvider]);
}
