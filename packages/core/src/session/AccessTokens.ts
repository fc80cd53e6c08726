export interface TokenOptions {
  readonly signal?: AbortSignal | undefined;
  /** Epoch milliseconds; by default 15 s from now. */
  readonly deadline?: number | undefined;
  /** A token that a 401 named: the answer is another one. */
  readonly rejected?: string | undefined;
}

/** The access tokens of one device, as the API calls see them. */
export interface AccessTokens {
  /** The token in memory if it is usable now, without a promise. Starts its renewal in the background when that is due. */
  peek(): string | undefined;
  /**
   * A usable token. Concurrent callers share the work; a caller's signal or deadline ends its own wait only.
   * With `rejected`, at most one refresh per device per 30 s is forced; a caller beyond that gets `access_token_rejected`.
   * @throws PassError
   */
  get(options?: TokenOptions): Promise<string>;
}
