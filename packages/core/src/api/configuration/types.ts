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
