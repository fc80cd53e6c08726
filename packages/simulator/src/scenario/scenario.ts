/** A registered application of the TVE Dashboard: what a software statement speaks for. */
export interface ApplicationOptions {
  /** Stable name, chosen by you. The id in its statements (`sub`) is derived from it unless given. */
  readonly name: string;
  readonly id?: string;
  /** Service providers (channels) whose API its tokens open. Default: all of the scenario. */
  readonly serviceProviders?: readonly string[];
  /** Default `['api:client:v2']`. Without that scope, REST API v2 answers 401. */
  readonly scopes?: readonly string[];
  /** Hosts that `redirect_uri` may point to, subdomains included. Default: any. */
  readonly redirectDomains?: readonly string[];
  /** Default `['client_credentials']`; without it, a token request is an `unauthorized_client`. */
  readonly grantTypes?: readonly string[];
}

/** A channel, formerly "requestor". */
export interface ServiceProviderOptions {
  /** Case-sensitive, as it appears in paths: `REF30`. */
  readonly id: string;
  /** Default: the id. */
  readonly name?: string;
  /** Default: `adobe.com`. */
  readonly domains?: readonly string[];
  /** MVPDs with an integration. Default: none. */
  readonly mvpds?: readonly MvpdOptions[];
}

/** An identity provider, and its integration with the service provider it is listed under. */
export interface MvpdOptions {
  readonly id: string;
  /** Default: the id. */
  readonly displayName?: string;
  readonly logoUrl?: string;
  readonly isTempPass?: boolean;
  readonly isProxy?: boolean;
  readonly boardingStatus?: string;
  /** The MVPD's id in the platform's own account picker (Apple). */
  readonly platformMappingId?: string;
  readonly enablePlatformServices?: boolean;
  readonly displayInPlatformPicker?: boolean;
  /**
   * Where the integration is active: hardware types (`SetTopBox`) or operating systems (`tvOS`) as in `X-Device-Info`.
   * Default: everywhere, unknown platforms included.
   */
  readonly platforms?: readonly string[];
  /** How long a sign-in lasts, in seconds. Default 30 days. */
  readonly profileLifeSeconds?: number;
}

export interface Application {
  readonly name: string;
  readonly id: string;
  readonly serviceProviders: readonly string[];
  readonly scopes: readonly string[];
  readonly redirectDomains: readonly string[] | undefined;
  readonly grantTypes: readonly string[];
}

export interface Mvpd extends MvpdOptions {
  readonly displayName: string;
  readonly profileLifeSeconds: number;
}

export interface ServiceProvider {
  readonly id: string;
  readonly name: string;
  readonly domains: readonly string[];
  readonly mvpds: readonly Mvpd[];
}

export interface Scenario {
  readonly applications: ReadonlyMap<string, Application>;
  readonly serviceProviders: ReadonlyMap<string, ServiceProvider>;
}
