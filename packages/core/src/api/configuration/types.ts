import type { OpenText, UnknownFields } from '../answers/fields.js';

/** An identity provider (MVPD) that is integrated with the service provider. */
export interface Mvpd {
  readonly id: string;
  readonly displayName: string;
  /** An `https:` or `http:` address. */
  readonly logoUrl?: string;
  readonly isTempPass: boolean;
  readonly isProxy: boolean;
  /** What a partner's single sign-on on this platform needs to know. */
  readonly platform: {
    readonly isEnabled: boolean;
    /** Whether the platform's own picker shows it. */
    readonly isInPicker: boolean;
    readonly permissionsEnforced: boolean;
    readonly boardingStatus?: OpenText<'SUPPORTED' | 'PICKER'>;
    /** The id by which the partner's framework knows the provider. */
    readonly mappingId?: string;
  };
  /** Everything Adobe Pass sent, also what this library does not know. */
  readonly raw: UnknownFields;
}

/**
 * The service provider and its providers, as Adobe Pass lists them for one platform.
 * @see https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/apis/configuration-apis/rest-api-v2-configuration-apis-retrieve-configuration-for-specific-service-provider
 */
export interface Configuration {
  readonly serviceProvider: {
    readonly id: string;
    readonly name: string;
    readonly domains: readonly { readonly name: string; readonly mvpdInitiated: boolean }[];
  };
  readonly mvpds: readonly Mvpd[];
  /** Everything Adobe Pass sent. */
  readonly raw: UnknownFields;
}
