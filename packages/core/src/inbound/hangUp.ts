/** Registered globally, so that an adapter knows the reason of another copy of this package. */
const brand: unique symbol = Symbol.for('@pass-dcr/core/hangUp') as never;

/** Why a call ended whose caller's connection had ended. */
export function hangUp(): DOMException {
  const reason = new DOMException('The client closed the connection.', 'AbortError');
  return Object.defineProperty(reason, brand, { value: true });
}

/** Whether a call ended because the client of its request had closed the connection: nobody is left to answer. */
export function isHangUp(error: unknown): boolean {
  return typeof error === 'object' && error !== null && (error as { [brand]?: unknown })[brand] === true;
}
