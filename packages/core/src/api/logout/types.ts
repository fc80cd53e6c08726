import type { OpenText, UnknownFields } from '../answers/fields.js';

interface AnyLogoutStep {
  readonly mvpd: string;
  readonly actionType: OpenText<'interactive' | 'partner_interactive' | 'none'>;
  readonly unknownFields: UnknownFields;
}

/**
 * The provider has a sign-out of its own: open `url` in a browser, which ends at `redirectUrl`. A device without a browser
 * may stop here.
 */
export interface ProviderLogout extends AnyLogoutStep {
  readonly actionName: 'logout';
  /** Absolute. Absent where Adobe Pass named none that a device could be sent to. */
  readonly url?: string;
}

/** Tell the viewer to sign out in the settings of the device, too. */
export interface PartnerLogout extends AnyLogoutStep {
  readonly actionName: 'partner_logout';
}

/** Nothing is left to do: signed out, or nobody was signed in (`invalid`). */
export interface FinishedLogout extends AnyLogoutStep {
  readonly actionName: 'complete' | 'invalid';
}

/** A step that this library does not know; `unknownFields.actionName` names it. */
export interface OtherLogout extends AnyLogoutStep {
  readonly actionName: 'other';
}

/**
 * What is left to do for one profile.
 * @see https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/apis/logout-apis/rest-api-v2-logout-apis-initiate-logout-for-specific-mvpd
 */
export type LogoutStep = ProviderLogout | PartnerLogout | FinishedLogout | OtherLogout;

export interface LogoutParameters {
  readonly mvpd: string;
  /** An absolute URL where the viewer's browser ends. */
  readonly redirectUrl: string;
}
