import type { CallOptions } from '../CallOptions.js';
import type { Profile } from '../profiles/types.js';
import type { PartnerProfileSession, Session, SessionParameters } from '../sessions/types.js';

interface PartnerParameters {
  /** Default `Apple`, the only partner that Adobe documents. */
  readonly partner?: string | undefined;
  /**
   * `AP-Partner-Framework-Status`, as the app has read it from the partner's framework and encoded it: Base64 of JSON.
   * Default: that of the client's context, which an adapter takes from the request. One of the two there must be.
   */
  readonly partnerFrameworkStatus?: string | undefined;
}

/** `mvpd` is not among them: the partner's framework has asked the viewer. */
export interface PartnerSessionParameters
  extends PartnerParameters, Pick<SessionParameters, 'domainName' | 'redirectUrl'> {}

export interface PartnerProfileParameters extends PartnerParameters {
  /** What the framework has answered to the authentication request: XML, or its Base64. */
  readonly samlResponse: string;
}

/** `client.partnerSso`: single sign-on by a partner's framework on the device. */
export interface PartnerSsoResource {
  /**
   * Begins it. The answer is `partner_profile`, or a step of an ordinary sign-in where that is not possible;
   * `reasonType` says why. `domainName` and `redirectUrl` are for that case. The device's credentials are confirmed first,
   * as by `sessions.create`.
   * @throws PassError `parameter_invalid`, `cache_unavailable`, `cache_record_unreadable`, and what every call may
   * @see https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/apis/partner-single-sign-on-apis/rest-api-v2-partner-single-sign-on-apis-retrieve-partner-authentication-request
   */
  createSession(
    parameters: PartnerSessionParameters,
    options?: CallOptions,
  ): Promise<Session | PartnerProfileSession>;
  /**
   * Makes the profile, once; later it is read as any other. `upstream_refused` with `mustAct: 'viewer'` asks for an
   * ordinary sign-in. The device's credentials are confirmed first.
   * @throws PassError as `createSession`
   * @see https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/apis/partner-single-sign-on-apis/rest-api-v2-partner-single-sign-on-apis-create-and-retrieve-profile-using-partner-authentication-response
   */
  createProfile(parameters: PartnerProfileParameters, options?: CallOptions): Promise<Profile>;
}
