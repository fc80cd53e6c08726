/** Registered globally, so that an adapter knows the reason of another copy of this package. */
const brand: unique symbol = Symbol.for('@pass-dcr/core/hangUp') as never;

/** Why a call ended whose caller's connection had ended. */
export function hangUp(): DOMException {
  const reason = new DOMException('the client closed the connection', 'AbortError');
  return Object.defineProperties(reason, {
    [brand]: { value: true },
    // Of a listener of the connection's end: it would tell nothing, in ten lines of log for each client that hangs up.
    stack: { value: `${reason.name}: ${reason.message}`, configurable: true, writable: true },
  });
}

/** What a response of Node tells of its connection; over HTTP/2 its stream does. */
export interface ClosableResponse {
  readonly destroyed?: boolean;
  readonly stream?: { readonly destroyed: boolean };
}

/**
 * Whether a call ended because a client had closed its connection. With `response`, whether it was the client of that
 * response, so that nobody is left to answer: a call may also be shared with another request, whose client hung up.
 */
export function isHangUp(error: unknown, response?: ClosableResponse): boolean {
  const isOne =
    typeof error === 'object' && error !== null && (error as { [brand]?: unknown })[brand] === true;
  return isOne && (response === undefined || (response.stream ?? response).destroyed === true);
}
