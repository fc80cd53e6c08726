/** One call to Adobe Pass, ready to be sent. */
export interface UpstreamRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Absolute path with its query, below the base URL's origin. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** An answer, read to its end. */
export interface UpstreamResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
  /** Epoch milliseconds by the local clock, taken before the request was sent. */
  readonly requestedAt: number;
}

/** No answer came, or none that could be read to its end. Its message quotes nothing of the request or the response. */
export class TransportFailure extends Error {
  readonly reason: 'timeout' | 'connection' | 'too_large';
  /** False only if Adobe Pass cannot have seen the request. */
  readonly mayBeProcessed: boolean;

  constructor(reason: TransportFailure['reason'], mayBeProcessed: boolean, message: string) {
    super(message);
    this.name = 'TransportFailure';
    this.reason = reason;
    this.mayBeProcessed = mayBeProcessed;
  }
}

/** The one way out. Implemented over undici; tests bring their own. */
export interface Transport {
  /**
   * Resolves with any HTTP answer whatever its status, its body decoded; where that cannot be done, it still has its
   * `content-encoding`.
   * @throws TransportFailure, or PassError `option_invalid` if the transport itself cannot be used
   */
  send(request: UpstreamRequest): Promise<UpstreamResponse>;
  /** Ends the connections that this transport made itself. */
  close(): Promise<void>;
}
