import type { ErrorCode } from '../ground/errorCatalogue.js';

/** A registered application of the TVE Dashboard: what a software statement speaks for. */
export interface ApplicationOptions {
  /** Stable name, chosen by you. The id in its statements (`sub`) is derived from it unless given. */
  readonly name: string;
  readonly id?: string;
  /** Service providers (channels) whose API its tokens open. Default: all of the scenario. */
  readonly serviceProviders?: readonly string[];
  /**
   * Default `['api:client:v2']`. Without that scope, REST API v2 answers 401. The management APIs want
   * `temporary:passes:owner` (Reset TempPass), `decisions:owner` (Degradation) and `analytics:client` (ESM).
   */
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
  /** What is to be said of single resources. One that is not listed has nothing particular. */
  readonly resources?: readonly ResourceOptions[];
  /** How many resources one call may name. Default 5 and 1. */
  readonly maxPreauthorizeResources?: number;
  readonly maxAuthorizeResources?: number;
}

export interface ResourceOptions {
  /** As an app asks for it; of a resource in MRSS, the title of its channel. */
  readonly id: string;
  /** Above the `maxRating` of a viewer, parental controls deny it. */
  readonly rating?: Rating;
  /** Not gated by any MVPD: *preauthorize* leaves it out of its answer, *authorize* permits it. */
  readonly free?: boolean;
  /** The answer of every decision about it, instead of what the MVPD would say. */
  readonly decision?: ErrorCode;
}

/** TV Parental Guidelines, from all children to adults. */
export const ratings = ['TV-Y', 'TV-Y7', 'TV-G', 'TV-PG', 'TV-14', 'TV-MA'] as const;

export type Rating = (typeof ratings)[number];

/** An identity provider, and its integration with the service provider it is listed under. */
export interface MvpdOptions extends ShownMvpd {
  readonly id: string;
  /** Default true. False: known, but with no active integration (`invalid_integration`). */
  readonly active?: boolean;
  readonly isTempPass?: boolean;
  /** Reached through another MVPD, whose id media tokens then name. */
  readonly isProxy?: boolean;
  readonly proxy?: string;
  /**
   * Where it is listed: platforms (`FireTV`), their categories (`TVConnected`), hardware types (`SetTopBox`) or operating
   * systems (`tvOS`). Default: everywhere, unidentified platforms included.
   */
  readonly platforms?: readonly string[];
  /** What is shown of it otherwise on a platform, named as in `platforms`. */
  readonly onPlatform?: Readonly<Record<string, ShownMvpd>>;
  /** How long a sign-in lasts, in seconds. Default 30 days. */
  readonly profileLifeSeconds?: number;
  /** How long a decision of it holds, in seconds. Default 1 day. */
  readonly authorizationLifeSeconds?: number;
  /** How the authenticate URL leads to its login page. Default `'redirect'`: a 302. `'form'`: 200 with a form that submits itself. */
  readonly login?: 'redirect' | 'form';
  /** Default `'page'`: logout answers the URL of a page to open. `'redirect'`: a 302 to it. `'none'`: there is no such page. */
  readonly logout?: 'page' | 'redirect' | 'none';
  /** Real milliseconds that its login page and its decisions take. Default 0. */
  readonly delayMs?: number;
  /** Who can sign in. Default: `viewer` and the others of the scenario. */
  readonly viewers?: readonly ViewerOptions[];
  /** Resources that its viewers may watch. Default: all. */
  readonly entitlements?: readonly string[];
  /** User metadata of all its viewers; `userID` is always there. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Names among the attributes whose values are encrypted, by the development key. */
  readonly encryptedAttributes?: readonly string[];
  /** Of a TempPass. Without it, a TempPass is misconfigured (`invalid_configuration_temporary_access`). */
  readonly temporaryAccess?: TemporaryAccessOptions;
  /** The answer of every call that names it: a broken integration. */
  readonly misconfigured?: ErrorCode;
  /** The answer of every decision, instead of what its viewers may watch. */
  readonly decision?: ErrorCode;
}

/** What the list of providers says of an MVPD, and may say otherwise on a platform. Members that are false are left out of it. */
export interface ShownMvpd {
  /** Default: the id. */
  readonly displayName?: string;
  readonly logoUrl?: string;
  readonly authPerAggregator?: boolean;
  readonly authPerBrowserSession?: boolean;
  readonly passiveAuthnEnabled?: boolean;
  /** `SUPPORTED` makes it part of the platform's own sign-in (Apple), together with `enablePlatformServices`. */
  readonly boardingStatus?: string;
  /** The MVPD's id in the platform's own account picker (Apple). */
  readonly platformMappingId?: string;
  readonly enablePlatformServices?: boolean;
  readonly displayInPlatformPicker?: boolean;
  readonly enforcePlatformPermissions?: boolean;
}

export interface TemporaryAccessOptions {
  /** From the first authorize call on. */
  readonly durationSeconds: number;
  /** How many different resources. Default: any number. */
  readonly resources?: number;
  /** A promotional TempPass: the member of `AP-TempPass-Identity` that identifies the viewer, such as `email`. */
  readonly identityKey?: string;
}

/** Somebody with an account at an MVPD. */
export interface ViewerOptions {
  readonly name: string;
  /** Default: the name. */
  readonly password?: string;
  /** The login page knows the account, and refuses it all the same. */
  readonly refused?: 'locked' | 'noPackage';
  /** Resources that may be watched. Default: those of the MVPD. */
  readonly entitlements?: readonly string[];
  /** Parental controls. Default: none. */
  readonly maxRating?: Rating;
  /** User metadata, beside those of the MVPD. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** The answer of every decision about this viewer. */
  readonly decision?: ErrorCode;
}

/** What a scenario file says. */
export interface ScenarioOptions {
  /** Default: `tv` and `operations`, covering `REF30`. */
  readonly applications?: readonly ApplicationOptions[];
  /** Default: `REF30` with thirty MVPDs, and `REF31`. */
  readonly serviceProviders?: readonly ServiceProviderOptions[];
  /** Those of every MVPD that names no others. Default: `viewer` and six others. */
  readonly viewers?: readonly ViewerOptions[];
}

export interface Application {
  readonly name: string;
  readonly id: string;
  readonly serviceProviders: readonly string[];
  readonly scopes: readonly string[];
  readonly redirectDomains: readonly string[] | undefined;
  readonly grantTypes: readonly string[];
}

export interface Viewer extends ViewerOptions {
  readonly password: string;
}

export interface Mvpd extends MvpdOptions {
  readonly displayName: string;
  readonly active: boolean;
  readonly profileLifeSeconds: number;
  readonly authorizationLifeSeconds: number;
  readonly login: 'redirect' | 'form';
  readonly logout: 'page' | 'redirect' | 'none';
  readonly delayMs: number;
  readonly viewers: readonly Viewer[];
}

export interface ServiceProvider {
  readonly id: string;
  readonly name: string;
  readonly domains: readonly string[];
  readonly mvpds: readonly Mvpd[];
  readonly resources: ReadonlyMap<string, ResourceOptions>;
  readonly maxPreauthorizeResources: number;
  readonly maxAuthorizeResources: number;
}

export interface Scenario {
  readonly applications: ReadonlyMap<string, Application>;
  readonly serviceProviders: ReadonlyMap<string, ServiceProvider>;
}
