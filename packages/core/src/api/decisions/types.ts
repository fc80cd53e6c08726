import type { EnhancedError } from '../answers/EnhancedError.js';
import type { OpenText, UnknownFields } from '../answers/fields.js';
import type { CallOptions } from '../CallOptions.js';

/** Who has decided: the provider, a degradation rule, a free trial, or a rule that answers without asking. */
export type DecisionSource = OpenText<'mvpd' | 'degradation' | 'temppass' | 'dummy'>;

interface AnyDecision {
  /** As it was asked for, to the letter. */
  readonly resource: string;
  readonly serviceProvider: string;
  readonly mvpd: string;
  readonly unknownFields: UnknownFields;
}

/** The viewer may. */
export interface Preauthorized extends AnyDecision {
  readonly authorized: true;
  readonly source: DecisionSource;
}

/** The viewer may not. */
export interface Denied extends AnyDecision {
  readonly authorized: false;
  readonly source: DecisionSource;
  /** Why: with `viewerMessage`, who must act, and whether the viewer has to sign in. */
  readonly error?: EnhancedError;
  /** Epoch milliseconds. Only of `authorize`, and not always. */
  readonly notBefore?: number;
  /** Epoch milliseconds. */
  readonly notAfter?: number;
}

/**
 * Adobe Pass has left the resource out of its answer. From `preauthorize` that has been seen where the provider does not
 * gate a resource; from `authorize` it is a denial. Never a permit.
 */
export interface NotAnswered extends AnyDecision {
  readonly authorized: false;
  readonly source: 'notAnswered';
}

/** A short-lived proof for your playback service, which has it verified. */
export interface MediaToken {
  readonly serializedToken: string;
  /** Epoch milliseconds. */
  readonly notBefore?: number;
  /** Epoch milliseconds: its life is the provider's choice, of minutes. */
  readonly notAfter?: number;
}

/** The viewer may watch now. */
export interface Authorized extends AnyDecision {
  readonly authorized: true;
  readonly source: DecisionSource;
  readonly token?: MediaToken;
  /** Epoch milliseconds. Absent under a rule that authorizes everybody. */
  readonly notBefore?: number;
  /** Epoch milliseconds: until then Adobe Pass answers the same without asking the provider. */
  readonly notAfter?: number;
}

/** What to show as locked. Never enough to play: it has no token. */
export type Preauthorization = Preauthorized | Denied | NotAnswered;

/** Whether to play. */
export type Authorization = Authorized | Denied | NotAnswered;

export interface DecisionParameters {
  readonly mvpd: string;
  /** Each a plain id, or MRSS as text. Sent to the letter. */
  readonly resources: readonly string[];
}

/** `client.decisions`. Denials are results: these methods reject where no decision could be had. */
export interface DecisionsResource {
  /**
   * What the viewer may probably watch: one entry per asked resource, in that order. For filtering and locks only.
   *
   * More resources than one call takes (`limits.resourcesPerPreauthorize`) are asked for in several calls, one after the
   * other, under one deadline. Items whose error asks for it are asked again, twice at most. `cache: true` keeps permits in
   * this process for a minute, per device, provider and single sign-on token, until `logout`.
   * @throws PassError `parameter_invalid`, `upstream_refused`, and what every call may
   * @see https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/apis/decisions-apis/rest-api-v2-decisions-apis-retrieve-preauthorization-decisions-using-specific-mvpd
   */
  preauthorize(
    parameters: DecisionParameters & { readonly cache?: boolean | undefined },
    options?: CallOptions,
  ): Promise<readonly Preauthorization[]>;
  /**
   * Whether the viewer may watch, asked each time before playback: one entry per asked resource, in that order. Most
   * applications ask for one; how many Adobe Pass takes is agreed with Adobe. Never cached. Made again only where Adobe Pass
   * asks for that, twice at most.
   * @throws PassError `parameter_invalid`, `upstream_refused`, and what every call may
   * @see https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/apis/decisions-apis/rest-api-v2-decisions-apis-retrieve-authorization-decisions-using-specific-mvpd
   */
  authorize(parameters: DecisionParameters, options?: CallOptions): Promise<readonly Authorization[]>;
}
