import type { CallOptions } from '../CallOptions.js';

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

/** `client.profiles`. */
export interface ProfilesResource {
  /** The viewer's valid profiles, in Adobe's order; empty if nobody is signed in. */
  all(options?: CallOptions): Promise<readonly Profile[]>;
}
