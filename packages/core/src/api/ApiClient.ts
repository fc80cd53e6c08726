import type { Configuration } from '../answers.js';
import type { Device } from '../device/Device.js';
import { contextHeaders, deviceHeaders, type ContextHeader } from '../device/deviceHeaders.js';
import { deviceKind } from '../device/deviceInfo.js';
import { PassError } from '../errors.js';
import type { ParsedResponse } from '../http/parseProtectedResponse.js';
import { clientBrand } from '../inbound/isPassClient.js';
import type { InboundClient } from '../inbound/PassInternals.js';
import type {
  CallOptions,
  HttpMethod,
  PassClient,
  PassContext,
  PassRequestInit,
  PassResponse,
} from '../Pass.js';
import type { ApiRuntime } from './ApiRuntime.js';
import { callProtected, type ProtectedCall } from './callProtected.js';
import type { ClientCalls } from './ClientCalls.js';
import { configurationKey, configurationRequest, processConfigurationResponse } from './configuration.js';
import { Deadline } from '../time/Deadline.js';
import { Profiles } from './profiles.js';
import { anyRequest } from './request.js';

/** From the start of a method to its end, whatever happens in between. */
const callDeadlineMs = 15_000;

/**
 * One device's client. Made for every inbound request, most of which use it once or never: so all it does at first is to
 * remember three references, its methods are the prototype's, and whatever else it needs is made on first use. What shows
 * a device is #private; methods are not, because V8 marks every object of a class that has such methods.
 */
export class ApiClient implements InboundClient, ClientCalls {
  readonly #runtime: ApiRuntime;
  readonly #device: Device | undefined;
  readonly #context: PassContext | undefined;
  #knownKey: string | undefined;
  #deviceHeaders: Readonly<Record<string, string>> | undefined;
  #profiles: Profiles | undefined;

  static {
    Object.defineProperty(this.prototype, clientBrand, { value: true });
  }

  constructor(runtime: ApiRuntime, device: Device | undefined, context: PassContext | undefined) {
    this.#runtime = runtime;
    this.#device = device;
    this.#context = context;
  }

  get device(): Device {
    const { identifier, info, address, port, userAgent } = this.requireDevice();
    return { identifier, info, address, port, userAgent };
  }

  get serviceProvider(): string {
    return this.#context?.serviceProvider ?? this.#runtime.serviceProvider;
  }

  get profiles(): PassClient['profiles'] {
    this.#profiles ??= new Profiles(this);
    return this.#profiles;
  }

  async accessToken(options?: CallOptions): Promise<string> {
    const device = this.requireDevice();
    options?.signal?.throwIfAborted();
    const { tokens } = this.#runtime;
    const key = this.key();
    const held = tokens.peek(key, device);
    if (held !== undefined) return held;
    return await this.within(
      options,
      async ({ signal, at }) => await tokens.get(key, device, { signal, deadline: at }),
    );
  }

  async configuration(options?: CallOptions): Promise<Configuration> {
    const { configurations, clock } = this.#runtime;
    const { serviceProvider } = this;
    const kind = deviceKind(this.requireDevice().info);
    // No signal, and a deadline of its own: whoever comes while it runs waits for it too.
    const retrieve = async (): Promise<Configuration> => {
      const sharedDeadline = new Deadline(clock, callDeadlineMs, []);
      const call = configurationRequest(serviceProvider, kind, this.headersOfDevice()['x-forwarded-for']);
      return processConfigurationResponse(serviceProvider, await this.call(call, sharedDeadline));
    };
    return await this.within(
      options,
      async (deadline) =>
        await deadline.during(
          configurations.get(configurationKey(serviceProvider, kind), retrieve, deadline.signal),
        ),
    );
  }

  async request(
    method: HttpMethod,
    path: string,
    init: PassRequestInit = {},
    options?: CallOptions,
  ): Promise<PassResponse> {
    const call = anyRequest(method, path, init, this.headers());
    return await this.within(options, async (deadline) => await this.call(call, deadline));
  }

  /** @internal */
  headers(context?: readonly ContextHeader[]): Readonly<Record<string, string>> {
    return { ...this.headersOfDevice(), ...contextHeaders(this.#context, context) };
  }

  /** @internal */
  async within<Value>(
    options: CallOptions | undefined,
    work: (deadline: Deadline) => Promise<Value>,
  ): Promise<Value> {
    const signals = [options?.signal, this.#context?.signal];
    const deadline = new Deadline(this.#runtime.clock, callDeadlineMs, signals);
    try {
      deadline.signal?.throwIfAborted();
      return await work(deadline);
    } finally {
      deadline.end();
    }
  }

  /** @internal */
  async call(call: ProtectedCall, deadline: Deadline): Promise<ParsedResponse> {
    const device = this.requireDevice();
    return await callProtected(this.#runtime, { key: this.key(), device, call, deadline });
  }

  /** @internal */
  belongsTo(runtime: ApiRuntime): boolean {
    return this.#runtime === runtime;
  }

  /** @internal Whether there is a device whose token is not in memory. */
  needsToken(): boolean {
    return this.#device !== undefined && this.#runtime.tokens.peek(this.key(), this.#device) === undefined;
  }

  private key(): string {
    this.#knownKey ??= this.#runtime.tokens.keyOf(this.requireDevice());
    return this.#knownKey;
  }

  private requireDevice(): Device {
    if (this.#device !== undefined) return this.#device;
    throw new PassError('device_missing', 'The request names no device, so there is no client for it.');
  }

  private headersOfDevice(): Readonly<Record<string, string>> {
    this.#deviceHeaders ??= deviceHeaders(this.requireDevice());
    return this.#deviceHeaders;
  }
}
