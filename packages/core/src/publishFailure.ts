import { hasListeners, publish, type UpstreamEndpoint } from './diagnostics.js';
import { isPassError } from './errors.js';

/** What an error is the answer to. */
export interface FailedRequest {
  /** Absent: it failed before anything was asked of Adobe Pass. */
  readonly endpoint?: UpstreamEndpoint | undefined;
  /** The tag of the device; `undefined` if it has none. Asked for only where somebody listens, because it is a hash. */
  readonly tag?: (() => string | undefined) | undefined;
}

/** Registered globally, so that an error is known that another copy of this package has published. */
const published: unique symbol = Symbol.for('@pass-dcr/core/published') as never;

/**
 * Publishes a `PassError` that is about to leave this library, as `requestFailed`: once, however many doors it goes
 * through. To be called at each of them.
 * @returns what it was given, to be thrown
 */
export function publishFailure<Reason>(error: Reason, { endpoint, tag }: FailedRequest = {}): Reason {
  if (!hasListeners() || !isPassError(error) || Object.hasOwn(error, published)) return error;
  Object.defineProperty(error, published, { value: true });
  const { code, status, message, retryAfterMs, adobe } = error;
  const device = tag?.();
  publish({
    type: 'requestFailed',
    code,
    status,
    message,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(device === undefined ? {} : { device }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(adobe?.status === undefined ? {} : { adobeStatus: adobe.status }),
    ...(adobe?.code === undefined ? {} : { adobeCode: adobe.code }),
  });
  return error;
}
