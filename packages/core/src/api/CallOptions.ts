export interface CallOptions {
  /** Ends this caller's wait, with the signal's own reason. Work that others share goes on. */
  readonly signal?: AbortSignal | undefined;
}
