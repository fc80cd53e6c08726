import type { Device } from '../device/Device.js';
import type { EchoTest } from '../http/echoes.js';
import type { ParsedResponse } from '../http/parseProtectedResponse.js';
import type { Deadline } from '../time/Deadline.js';
import type { CallOptions } from './CallOptions.js';
import type { ProtectedCall } from './callProtected.js';
import type { ContextHeader } from './contextHeaders.js';

/** What a resource of the API needs of the client it belongs to. */
export interface ClientCalls {
  readonly serviceProvider: string;
  /** The device itself, not a copy. @throws PassError `device_missing` */
  requireDevice(): Device;
  /** What the runtime knows the device by. @throws PassError `device_missing` */
  key(): string;
  /** The device and the service provider, as one text: what a viewer's sign-in belongs to. */
  whose(): string;
  /** Whether a call would go out at once: the device's token is in memory, and its address is not throttled. */
  isFree(): boolean;
  /** Tells the client's own identifier, token and pair, which no answer may repeat into an error. */
  readonly isEcho: EchoTest;
  /**
   * The headers of a call that is about this device: its identifier, description and address, and those members of the
   * client's context that Adobe documents for the call.
   * @throws PassError `device_missing`, `device_identifier_invalid`, `header_invalid`
   */
  headers(context: readonly ContextHeader[]): Readonly<Record<string, string>>;
  /**
   * As `headers`, but without what the device is: for a call that may come from a second screen, about another device.
   */
  headersWithoutDevice(context: readonly ContextHeader[]): Readonly<Record<string, string>>;
  /**
   * Does all that one method of the client does, from making its request to reading its answer, be it several calls, under
   * one deadline: a `PassError` that this rejects with is published. `options`: the caller's.
   * @throws the reason of a signal that has been aborted already
   */
  within<Value>(
    options: CallOptions | undefined,
    work: (deadline: Deadline) => Promise<Value>,
  ): Promise<Value>;
  /** What `work` does at once, before there is a deadline: a `PassError` that it throws is published. */
  telling<Value>(work: () => Value): Value;
  /** As `within`, but for a time of the caller's own; `signals` beside those of the client. */
  lasting<Value>(
    forMs: number,
    signals: readonly (AbortSignal | undefined)[],
    work: (deadline: Deadline) => Promise<Value>,
  ): Promise<Value>;
  /** As `within`, for work that other callers share: it has a deadline of its own, and nobody's signal ends it. */
  outliving<Value>(work: (ownDeadline: Deadline) => Promise<Value>): Promise<Value>;
  /** Makes the call with the device's token. Rejects for every answer that is not 2xx. */
  call(call: ProtectedCall, deadline: Deadline): Promise<ParsedResponse>;
}
