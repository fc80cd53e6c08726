import type { AccessTokenOptions, CallOptions } from './api/CallOptions.js';
import type { Configuration } from './api/configuration/types.js';
import type { DecisionsResource } from './api/decisions/types.js';
import type { LogoutParameters, LogoutStep } from './api/logout/types.js';
import type { PartnerSsoResource } from './api/partnerSso/types.js';
import type { ProfilesResource } from './api/profiles/types.js';
import type { HttpMethod, PassRequestInit, PassResponse } from './api/request/types.js';
import type { SessionsResource } from './api/sessions/types.js';
import type { Device } from './device/Device.js';

/** What a request knows beyond its device. */
export interface PassContext {
  /** Another service provider that the same registered application covers. The device keeps its one pair of credentials. */
  readonly serviceProvider?: string | undefined;
  /** `Adobe-Subject-Token`: platform single sign-on (Amazon). */
  readonly subjectToken?: string | undefined;
  /** `X-Roku-Reserved-Roku-Connect-Token`. */
  readonly rokuConnectToken?: string | undefined;
  /** `AD-Service-Token`: service-token single sign-on. */
  readonly serviceToken?: string | undefined;
  /** `AP-Partner-Framework-Status`: Apple partner single sign-on. */
  readonly partnerFrameworkStatus?: string | undefined;
  /** `AP-TempPass-Identity`. Never taken from a request by itself: a new value is a new free trial. */
  readonly tempPassIdentity?: string | undefined;
  /** `AP-Visitor-Identifier`: the ECID. Never taken from a request by itself. */
  readonly visitorIdentifier?: string | undefined;
  /** Ends the wait of every call of this client. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Adobe Pass for one device: every call carries that device's access token.
 *
 * A 401 is answered by one token refresh, shared with every other request of the device, and one replay.
 * 429, lost connections and 5xx are retried at most twice where that is safe and the caller's deadline (15 s) allows.
 * Calls reject with a `PassError`, or with the reason of the caller's own signal.
 */
export interface PassClient {
  /** The device this client acts for. Reading it without a device throws `device_missing`. */
  readonly device: Device;
  /** The service provider of every call. */
  readonly serviceProvider: string;
  /**
   * The Bearer token, renewed as needed. Concurrent callers share one registration and one token request, also across
   * processes where the cache is shared.
   */
  accessToken(options?: AccessTokenOptions): Promise<string>;
  /**
   * The providers (MVPDs) of the service provider, as Adobe Pass lists them for this platform. Only for when a viewer has to
   * pick one.
   *
   * Kept for two minutes for all devices of a platform, which is known by the device info without versions, sizes and
   * connection, and the `User-Agent`. One caller asks for all; where that is held up, such as by a throttled address, another
   * does. A list of up to ten minutes is served while a newer one is on its way. Frozen, because it is shared.
   */
  configuration(options?: CallOptions): Promise<Configuration>;
  /** A viewer's sign-in with their provider. */
  readonly sessions: SessionsResource;
  /** Who is signed in. */
  readonly profiles: ProfilesResource;
  /** What they may watch. */
  readonly decisions: DecisionsResource;
  /** Single sign-on by a partner's framework on the device, such as Apple's. */
  readonly partnerSso: PartnerSsoResource;
  /**
   * Signs the viewer out of one provider, and says what is left to do, per profile. Only at the viewer's wish: nothing in
   * this library does it by itself. Doing it again does no harm.
   * @throws PassError `parameter_invalid`, `upstream_refused`, and what every call may
   */
  logout(parameters: LogoutParameters, options?: CallOptions): Promise<readonly LogoutStep[]>;
  /**
   * Any other protected call. `path` begins with one `/`, has no dot segments and no backslash, and lies below
   * `/api/v2/`; else `request_path_invalid`. Rejects for every answer that is not 2xx.
   *
   * A call that may bind a viewer to the device's credentials (any but GET to `…/sessions` and below, or to
   * `…/profiles/sso/…`) is sent once the cache has confirmed that they are the ones it has: at most once a minute that is a
   * write. Otherwise it is not sent, and rejects with `cache_unavailable` or `cache_record_unreadable`.
   *
   * @example
   * const { body } = await client.request('GET', '/api/v2/REF30/profiles/Cablevision');
   */
  request(
    method: HttpMethod,
    path: string,
    init?: PassRequestInit,
    options?: CallOptions,
  ): Promise<PassResponse>;
}
