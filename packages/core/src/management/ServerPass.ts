import type { AccessTokenOptions, CallOptions } from '../api/CallOptions.js';
import type { HttpMethod, PassResponse } from '../api/request/types.js';
import type { Pass, RestoreOptions } from '../Pass.js';
import type { EsmResource } from './esm/types.js';
import type { ManagementRequestInit } from './managementRequest.js';
import type { TempPassReset } from './tempPass.js';

/** A 2xx answer. Its body is parsed if it is JSON, else text; `undefined` if it is empty. */
export type ServerResponse = PassResponse;

/**
 * Adobe Pass for a server itself: the management APIs, with one pair of credentials that all processes share which share
 * the cache. It has no devices and makes no clients. Create one per registered application, since Adobe usually gives each
 * of these APIs one of its own.
 *
 * Calls reject with a `PassError`, or with the reason of the caller's own signal. A 401 or 403 is answered by one token
 * refresh and one replay; then it is `application_not_accepted` or `access_token_rejected`: no answer replaces the pair.
 */
export interface ServerPass
  extends
    AsyncDisposable,
    Pick<
      Pass,
      | 'serviceProvider'
      | 'retryStatement'
      | 'reseal'
      | 'allowReplacement'
      | 'allowRegistration'
      | 'readiness'
      | 'close'
    > {
  /** The Bearer token, renewed as needed. */
  accessToken(options?: AccessTokenOptions): Promise<string>;
  /**
   * Gives a free trial back: to one device, to one identity, or to everybody, which has to be said. Doing it again does no
   * harm. Not repeated after a failure that may have reached Adobe Pass.
   * @throws PassError `parameter_invalid`, `upstream_refused`, `application_not_accepted`, and what every call may
   */
  resetTempPass(parameters: TempPassReset, options?: CallOptions): Promise<void>;
  /** Reports of Entitlement Service Monitoring. */
  readonly esm: EsmResource;
  /**
   * Any other call of a management API: below `/reset-tempass/v3/`, `/esm/v3/`, `/cmu/v2/`, `/control/v3/degradation/` or
   * `/control/v3/mvpd-proxies/`; else `request_path_invalid`. Rejects for every answer that is not 2xx.
   */
  request(
    method: HttpMethod,
    path: string,
    init?: ManagementRequestInit,
    options?: CallOptions,
  ): Promise<ServerResponse>;
  /** As `pass.restore`, of the server's own pair. */
  restore(options?: RestoreOptions): Promise<boolean>;
  /**
   * Has the server's pair forgotten, so that the next call registers anew: for once Adobe Pass says that the pair is no
   * longer good for an API. No viewer's sign-in hangs on it.
   * @throws PassError as `pass.forget`
   */
  forget(): Promise<void>;
}
