/**
 * What Adobe's Media Token Verifier says of a token; `ERROR_UNKNOWN`: it could not tell. Only `VALID_TOKEN` is a yes.
 * @see https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/features-standard/entitlements/media-tokens
 */
export type MediaTokenStatus =
  | 'VALID_TOKEN'
  | 'INVALID_TOKEN_FORMAT'
  | 'INVALID_SIGNATURE'
  | 'TOKEN_EXPIRED'
  | 'INVALID_RESOURCE_ID'
  | 'ERROR_UNKNOWN';

export interface VerifierQuestion {
  readonly serializedToken: string;
  /** The token must be for it: a plain id or MRSS, to the letter. */
  readonly resource: string;
  /** Ended where nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/**
 * Tells whether a media token is Adobe's own. The key and the format are in Adobe's Java archive and in no document, so this
 * library has no implementation: docs/playing.md shows one that asks the archive beside your server. Called at most once
 * for each question of a guard, any number at once.
 */
export interface MediaTokenVerifier {
  verify(question: VerifierQuestion): Promise<MediaTokenStatus>;
}
