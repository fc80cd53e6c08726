import type { OpenText, UnknownFields } from '../answers/fields.js';
import type { CallOptions } from '../CallOptions.js';

/** What the sign-in needs to know. Each may be left out where the device cannot say it: somebody supplies it later. */
export interface SessionParameters {
  /** The provider that the viewer has picked. */
  readonly mvpd?: string | undefined;
  /** A domain of the service provider. */
  readonly domainName?: string | undefined;
  /** An absolute URL where the viewer's browser ends: of a page, or of an app's own scheme. */
  readonly redirectUrl?: string | undefined;
}

/** A parameter of a session, by its name. */
export type SessionParameter = OpenText<'mvpd' | 'domainName' | 'redirectUrl'>;

/** Why Adobe Pass says what it says. */
export type SessionReason = OpenText<
  | 'none'
  | 'authenticated'
  | 'temporary'
  | 'degraded'
  | 'authenticatedSSO'
  | 'pfs_fallback'
  | 'configuration_fallback'
  | 'missing_parameters_fallback'
>;

interface AnySession {
  /** `interactive`: a browser is needed. */
  readonly actionType: OpenText<'interactive' | 'direct'>;
  readonly reasonType: SessionReason;
  readonly serviceProvider: string;
  readonly mvpd?: string;
  /** Of Adobe's, for support. */
  readonly sessionId?: string;
  readonly unknownFields: UnknownFields;
}

interface OpenSession extends AnySession {
  /** What the viewer types on a second screen. Opaque. A newer one of the device ends it. */
  readonly code: string;
  /** Epoch milliseconds. */
  readonly notBefore?: number;
  /** Epoch milliseconds; half an hour after `notBefore` in Adobe's samples. */
  readonly notAfter?: number;
  readonly missingParameters: readonly SessionParameter[];
}

/** The viewer signs in: open `url` in a browser, here or on a second screen. */
export interface AuthenticateSession extends OpenSession {
  readonly actionName: 'authenticate';
  /** Absolute, on the host of Adobe Pass. */
  readonly url: string;
}

/** Somebody supplies `missingParameters` by `sessions.resume`: `retry` after a resume that left some out. */
export interface ResumeSession extends OpenSession {
  readonly actionName: 'resume' | 'retry';
}

/** Nobody needs to sign in: ask for decisions. `reasonType` says why. */
export interface AuthorizeSession extends AnySession {
  readonly actionName: 'authorize';
}

/** The device hands `authenticationRequest` to its partner framework, and what that answers to `partnerSso.createProfile`. */
export interface PartnerProfileSession extends AnySession {
  readonly actionName: 'partner_profile';
  readonly authenticationRequest: {
    /** `saml`. */
    readonly type: string;
    /** Base64 of the request. */
    readonly request: string;
    readonly attributesNames: readonly string[];
  };
}

/** A step that this library does not know; `unknownFields.actionName` names it. */
export interface OtherSession extends AnySession {
  readonly actionName: 'other';
}

/**
 * The next step of a sign-in.
 * @see https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/apis/sessions-apis/rest-api-v2-sessions-apis-create-authentication-session
 */
export type Session = AuthenticateSession | ResumeSession | AuthorizeSession | OtherSession;

/** What is known of a code that somebody typed. */
export interface SessionStatus {
  readonly existingParameters: {
    readonly serviceProvider?: string;
    readonly mvpd?: string;
    readonly domainName?: string;
    readonly redirectUrl?: string;
    readonly [name: string]: string | undefined;
  };
  readonly missingParameters: readonly SessionParameter[];
  /** The streaming device as Adobe Pass sees it, in Adobe's own form. Parts of it are `null` where nothing is known. */
  readonly device?: Readonly<Record<string, unknown>>;
  /** Epoch milliseconds. */
  readonly notBefore?: number;
  /** Epoch milliseconds. */
  readonly notAfter?: number;
  readonly unknownFields: UnknownFields;
}

/** `client.sessions`: a viewer's sign-in with their provider. Codes may be as a person types them. */
export interface SessionsResource {
  /**
   * Begins a sign-in. Its code ends the one before of this device, and `profiles.waitFor` of that one with it.
   *
   * The device's credentials are confirmed first, because the sign-in is bound to them: if the cache does not answer, the
   * call is not sent. Not repeated after a failure that may have reached Adobe Pass.
   * @throws PassError `parameter_invalid`, `cache_unavailable`, `cache_record_unreadable`, and what every call may
   */
  create(parameters?: SessionParameters, options?: CallOptions): Promise<Session>;
  /**
   * Supplies what a session lacks, by its code: from the second screen, or the device itself. As `create` it confirms the
   * credentials first.
   * @throws PassError `session_outdated`: the device has new credentials since the code was made, so the viewer starts
   * again; `upstream_refused` with `adobe.code` `invalid_authentication_session` or `invalid_parameter_code`: no such code
   */
  resume(parameters: SessionParameters & { readonly code: string }, options?: CallOptions): Promise<Session>;
  /** What a code stands for, to validate one that somebody typed. @throws PassError as `resume` */
  retrieve(parameters: { readonly code: string }, options?: CallOptions): Promise<SessionStatus>;
  /**
   * Where a browser signs in by a code, on the host of Adobe Pass. Synchronous: no call is made, so the code may be wrong.
   * @throws PassError `parameter_invalid`
   */
  authenticateUrl(parameters: { readonly code: string }): string;
}
