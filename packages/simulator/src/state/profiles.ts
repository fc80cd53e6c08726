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

export class Profiles {
  readonly #profiles = new Map<string, Map<string, Profile>>();
  /** Sign-ins of devices that no pair has called for yet: the first pair to do so gets them. */
  readonly #unclaimed = new Map<string, Map<string, Profile>>();

  add(owner: ProfileOwner, profile: Profile): void {
    upsert(this.#profiles, ownerKey(owner), profile);
  }

  addUnclaimed(owner: Omit<ProfileOwner, 'clientId'>, profile: Profile): void {
    upsert(this.#unclaimed, ownerKey(owner), profile);
  }

  remove(
    owner: Omit<ProfileOwner, 'clientId'> & { readonly clientId: string | undefined },
    mvpd: string | undefined,
  ): number {
    const { clientId, device, serviceProvider } = owner;
    const key =
      clientId === undefined
        ? ownerKey({ device, serviceProvider })
        : ownerKey({ clientId, device, serviceProvider });
    const profiles = (clientId === undefined ? this.#unclaimed : this.#profiles).get(key);
    if (profiles === undefined) return 0;
    const gone = mvpd === undefined ? [...profiles.keys()] : [mvpd];
    return gone.filter((id) => profiles.delete(id)).length;
  }

  /** Expired profiles simply disappear from the answer. */
  valid(owner: ProfileOwner, nowMs: number): Profile[] {
    this.#claim(owner);
    return [...(this.#profiles.get(ownerKey(owner))?.values() ?? [])].filter(
      (profile) => profile.notBefore <= nowMs && nowMs < profile.notAfter,
    );
  }

  clear(): void {
    this.#profiles.clear();
    this.#unclaimed.clear();
  }

  #claim(owner: ProfileOwner): void {
    const key = ownerKey({ device: owner.device, serviceProvider: owner.serviceProvider });
    for (const profile of this.#unclaimed.get(key)?.values() ?? []) this.add(owner, profile);
    this.#unclaimed.delete(key);
  }
}

function ownerKey(owner: Partial<ProfileOwner>): string {
  return JSON.stringify([owner.clientId ?? null, owner.device, owner.serviceProvider]);
}

function upsert(map: Map<string, Map<string, Profile>>, key: string, profile: Profile): void {
  const profiles = map.get(key) ?? new Map<string, Profile>();
  profiles.set(profile.mvpd, profile);
  map.set(key, profiles);
}
