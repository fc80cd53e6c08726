import type { Device } from './device/Device.js';
import type { PassWarningCode } from './diagnostics.js';
import type { Pass } from './Pass.js';
import type { PassClient, PassContext } from './PassClient.js';

/**
 * Under this key a `Pass` gives adapters what they need beyond its public methods. Registered globally, so that an
 * adapter finds it on a `Pass` made by the other copy of this package (ES module and CommonJS in one process).
 */
export const passInternals: unique symbol = Symbol.for('@pass-dcr/core/internals') as never;

/** @internal The client of an inbound request, as its adapter sees it. */
export interface InboundClient extends PassClient {
  /**
   * Whether the client has a device and its token is not in memory. Where it is, its renewal is started in the
   * background when that is due.
   */
  needsToken(): boolean;
  /** The context that it was made with. */
  readonly context?: PassContext | undefined;
}

/** @internal */
export interface PassInternals {
  /**
   * The client of one inbound request. Without a device every use of it throws `device_missing`.
   * `device` and `context` may be views of the request; they are read when something is sent.
   */
  client(device: Device | undefined, context: PassContext | undefined): InboundClient;
  /** Whether `value` is a client that this same `Pass` made. */
  owns(value: unknown): value is InboundClient;
  /** Publishes a warning, each at most once in the life of this `Pass`. */
  warn(code: PassWarningCode): void;
}

/** @internal */
export interface PassWithInternals extends Pass {
  readonly [passInternals]: PassInternals;
}

/** The internals of `value`, or `undefined` if it is not a `Pass`. */
export function internalsOf(value: unknown): PassInternals | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Partial<PassWithInternals>)[passInternals];
}
