// What Adobe Pass answers, as the methods of a `PassClient` give it.

/** An identity provider (MVPD) that is integrated with the service provider. */
export interface Mvpd {
  readonly id: string;
  readonly displayName: string;
  readonly logoUrl?: string;
  readonly isTempPass: boolean;
  readonly isProxy: boolean;
  /** Everything Adobe Pass sent, also what this library does not know. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/**
 * The service provider and its providers, as Adobe Pass lists them for one kind of device.
 * @see https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/apis/configuration-apis/rest-api-v2-configuration-apis-retrieve-configuration-for-specific-service-provider
 */
export interface Configuration {
  readonly serviceProvider: { readonly id: string; readonly name: string };
  readonly mvpds: readonly Mvpd[];
  /** Everything Adobe Pass sent. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** One item of user metadata. `state: 'enc'`: encrypted for the programmer's certificate. */
export interface ProfileAttribute {
  readonly value?: unknown;
  readonly state: string;
  /** A code that Adobe Pass gives instead of a value. */
  readonly error?: string;
}

/**
 * A viewer's proof of sign-in with one provider.
 * @see https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/apis/profiles-apis/rest-api-v2-profiles-apis-retrieve-profiles
 */
export interface Profile {
  /** The MVPD id. */
  readonly mvpd: string;
  /** Epoch milliseconds. */
  readonly notBefore: number;
  /** Epoch milliseconds. */
  readonly notAfter: number;
  readonly issuer: string;
  /** `regular`, `degraded`, `temporary`, `appleSSO`, `platformSSO`, `serviceTokenSSO`, or a later one. */
  readonly type: string;
  readonly attributes: Readonly<Record<string, ProfileAttribute>>;
}
