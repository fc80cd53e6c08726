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
import { callDeadlineMs, callProtected, type ProtectedCall } from './callProtected.js';
import type { ClientCalls } from './ClientCalls.js';
import { configurationKey, configurationRequest, processConfigurationResponse } from './configuration.js';
import { Patience } from '../time/Patience.js';
import { Profiles } from './profiles.js';
import { anyRequest } from './request.js';

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
    const patience = new Patience(this.#runtime.clock, callDeadlineMs, this.signals(options));
    try {
      return await tokens.get(key, device, { signal: patience.signal, deadline: patience.deadline });
    } finally {
      patience.end();
    }
  }

  async configuration(options?: CallOptions): Promise<Configuration> {
    const { configurations, clock } = this.#runtime;
    const { serviceProvider } = this;
    const device = this.requireDevice();
    const kind = deviceKind(device.info);
    const patience = new Patience(clock, callDeadlineMs, this.signals(options));
    patience.signal?.throwIfAborted();
    const retrieve = async (): Promise<Configuration> => {
      const address = this.headersOfDevice()['x-forwarded-for'];
      const call = configurationRequest(serviceProvider, kind, address);
      // No signal: whoever comes while it runs waits for it too.
      return processConfigurationResponse(
        serviceProvider,
        await callProtected(this.#runtime, this.key(), device, call, []),
      );
    };
    try {
      return await patience.during(
        configurations.get(configurationKey(serviceProvider, kind), retrieve, patience.signal),
      );
    } finally {
      patience.end();
    }
  }

  async request(
    method: HttpMethod,
    path: string,
    init: PassRequestInit = {},
    options?: CallOptions,
  ): Promise<PassResponse> {
    return await this.call(anyRequest(method, path, init, this.headers()), options);
  }

  /** @internal */
  headers(context?: readonly ContextHeader[]): Readonly<Record<string, string>> {
    return { ...this.headersOfDevice(), ...contextHeaders(this.#context, context) };
  }

  /** @internal */
  async call(call: ProtectedCall, options?: CallOptions): Promise<ParsedResponse> {
    const device = this.requireDevice();
    return await callProtected(this.#runtime, this.key(), device, call, this.signals(options));
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

  private signals(options: CallOptions | undefined): readonly (AbortSignal | undefined)[] {
    return [options?.signal, this.#context?.signal];
  }
}
