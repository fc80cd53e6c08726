import type { PassError } from '../../errors.js';
import type { OpenText, UnknownFields } from '../answers/fields.js';
import type { CallOptions } from '../CallOptions.js';

/** One item of user metadata. `state: 'enc'`: encrypted for the programmer's certificate. */
export interface ProfileAttribute {
  readonly value?: unknown;
  readonly state: OpenText<'plain' | 'enc'>;
  /** A code that Adobe Pass gives instead of a value. */
  readonly error?: string;
}

interface AnyProfile {
  /** The MVPD id. */
  readonly mvpd: string;
  /** Epoch milliseconds. */
  readonly notBefore: number;
  /** Epoch milliseconds. */
  readonly notAfter: number;
  /** The MVPD id; `Adobe` for temporary and degraded access, `Apple` for that partner's single sign-on. */
  readonly issuer: string;
  readonly attributes: Readonly<Record<string, ProfileAttribute>>;
  /** Of Adobe's, for support. */
  readonly sessionId?: string;
  readonly unknownFields: UnknownFields;
}

/** A sign-in with the provider, bound to the device's credentials. */
export interface RegularProfile extends AnyProfile {
  readonly type: 'regular';
}

/** A rule of the programmer takes the place of a sign-in. */
export interface DegradedProfile extends AnyProfile {
  readonly type: 'degraded';
}

/** A free trial (TempPass). */
export interface TemporaryProfile extends AnyProfile {
  readonly type: 'temporary';
  readonly temporaryAccess: {
    /** Epoch milliseconds. */
    readonly expiresAt?: number;
    /** Of a promotional one, which is limited to so many resources. */
    readonly remainingResources?: number;
    readonly usedAssets: readonly string[];
  };
}

/** A sign-in of another app or device: by the platform, by a service token, or by Apple. */
export interface SingleSignOnProfile extends AnyProfile {
  readonly type: 'appleSSO' | 'platformSSO' | 'serviceTokenSSO';
}

/** A kind that this library does not know; `unknownFields.type` names it. */
export interface OtherProfile extends AnyProfile {
  readonly type: 'other';
}

/**
 * A viewer's proof of sign-in with one provider.
 * @see https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/apis/profiles-apis/rest-api-v2-profiles-apis-retrieve-profiles
 */
export type Profile =
  RegularProfile | DegradedProfile | TemporaryProfile | SingleSignOnProfile | OtherProfile;

/** How a wait for a sign-in has ended. */
export type WaitOutcome =
  | { readonly outcome: 'signedIn'; readonly profile: Profile }
  /** The code's time is over. */
  | { readonly outcome: 'expired' }
  /** The device has been given a newer code. */
  | { readonly outcome: 'superseded' }
  /** Adobe Pass knows no such code, or no longer. */
  | { readonly outcome: 'codeRefused'; readonly error: PassError }
  /** The device's credentials have changed since the code was made: begin another sign-in. `session_outdated` */
  | { readonly outcome: 'startAgain'; readonly error: PassError };

export interface WaitParameters {
  readonly code: string;
  /** Epoch milliseconds: when the code ends, as the session says. Default: half an hour from now. */
  readonly notAfter?: number | undefined;
  /** Default 5 000. Adobe Pass is asked no more often than every 3 s, whatever stands here. */
  readonly intervalMs?: number | undefined;
}

/** `client.profiles`. */
export interface ProfilesResource {
  /** The viewer's valid profiles, in Adobe's order; empty if nobody is signed in. Not those of temporary access. */
  all(options?: CallOptions): Promise<readonly Profile[]>;
  /**
   * The viewer's valid profile with one provider; `undefined` if there is none, however Adobe Pass says so. A free trial
   * that is used up is an error: `upstream_refused` with `viewerMustSignIn`.
   * @throws PassError `parameter_invalid`, `upstream_refused`, and what every call may
   */
  forMvpd(parameters: { readonly mvpd: string }, options?: CallOptions): Promise<Profile | undefined>;
  /**
   * The profile of a sign-in, by its code; `undefined` while there is none. To wait for it there is `waitFor`.
   * @throws PassError `session_outdated`, as `sessions.resume`; `upstream_refused`: Adobe Pass knows no such code
   */
  forCode(parameters: { readonly code: string }, options?: CallOptions): Promise<Profile | undefined>;
  /**
   * Asks every few seconds whether the sign-in of a code is done: at once, and then until it is, the code's time is over,
   * the device has a newer code, or the caller's signal ends. Failures that pass, such as 401, 429 and 5xx, are waited out.
   *
   * Callers who wait for one code of a device one after the other, as those do who reconnect, keep the pace together. On the
   * screen that has the browser, begin once that has reached `redirectUrl`; beside a second screen, with the code.
   * @throws PassError where waiting does not help, such as `application_not_accepted` or `closed`; the signal's reason
   */
  waitFor(parameters: WaitParameters, options?: CallOptions): Promise<WaitOutcome>;
}
