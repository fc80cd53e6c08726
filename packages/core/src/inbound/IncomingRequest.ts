/** The response of an inbound request, as far as it tells whether anybody still waits for it. Node's own fits. */
export interface PendingResponse {
  /** The connection is gone, or the response was sent and is done with. */
  readonly destroyed: boolean;
  /** The handler has ended its answer. Not `writableFinished`, which responses of HTTP/2 do not have. */
  readonly writableEnded: boolean;
  once(event: 'close', listener: () => void): unknown;
}

/**
 * What an adapter says of the request that it serves. Members may be getters: all but `method` and `socketAddress` are
 * read only when something has to be sent to Adobe Pass, which is not the case for a request whose token is in memory.
 */
export interface IncomingRequest {
  readonly method: string;
  /** The value of a header by its lower-case name; `undefined` where there is none, or where it came as a list. */
  header(name: string): string | undefined;
  /** The client's address as the framework's own proxy settings give it, never a header that was copied. */
  readonly address: string | undefined;
  /** Whether these settings let any client choose its address. Asked about the first request only, to warn. Default false. */
  readonly trustsEveryProxy?: boolean;
  /** The other end of the socket: the client, or the nearest proxy. */
  readonly socketAddress: string | undefined;
  readonly socketPort: number | undefined;
  readonly response: PendingResponse;
}
