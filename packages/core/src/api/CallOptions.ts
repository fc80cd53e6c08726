export interface CallOptions {
  /** Ends this caller's wait, with the signal's own reason. Work that others share goes on. */
  readonly signal?: AbortSignal | undefined;
}

export interface AccessTokenOptions extends CallOptions {
  /**
   * A token that Adobe Pass has rejected: the answer is another one. For a service of yours that was handed the token, calls
   * Adobe Pass itself, and is told 401. At most two refreshes a minute are forced so; beyond that `access_token_rejected`.
   */
  readonly rejected?: string | undefined;
}
