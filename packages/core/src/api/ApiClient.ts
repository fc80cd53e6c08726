import type { Device } from '../device/Device.js';
import { deviceHeaders } from '../device/deviceHeaders.js';
import { invalidOption } from '../checkOptions.js';
import type { UpstreamEndpoint } from '../diagnostics.js';
import { PassError } from '../errors.js';
import type { EchoTest } from '../http/echoes.js';
import type { ParsedResponse } from '../http/parseProtectedResponse.js';
import { clientBrand } from '../isPassClient.js';
import type { PassContext } from '../PassClient.js';
import type { InboundClient } from '../PassInternals.js';
import { publishFailure } from '../publishFailure.js';
import { Deadline } from '../time/Deadline.js';
import type { ApiRuntime } from './ApiRuntime.js';
import type { AccessTokenOptions, CallOptions } from './CallOptions.js';
import { callProtected, ownWords, type ProtectedCall } from './callProtected.js';
import type { ClientCalls } from './ClientCalls.js';
import { retrieveConfiguration } from './configuration/configuration.js';
import type { Configuration } from './configuration/types.js';
import { contextHeaders, type ContextHeader } from './contextHeaders.js';
import type { DecisionsResource } from './decisions/types.js';
import { logout } from './logout/logout.js';
import type { LogoutParameters, LogoutStep } from './logout/types.js';
import type { PartnerSsoResource } from './partnerSso/types.js';
import type { ProfilesResource } from './profiles/types.js';
import { anyRequest } from './request/request.js';
import type { HttpMethod, PassRequestInit, PassResponse } from './request/types.js';
import { createResources, type Resources } from './resources.js';
import type { SessionsResource } from './sessions/types.js';

/** What was last asked for under a deadline, for whoever is told how that ended. */
const askedUnder: WeakMap<Deadline, UpstreamEndpoint> = new WeakMap();

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
  #resources: Resources | undefined;

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

  get sessions(): SessionsResource {
    return this.resources().sessions;
  }

  /** @internal */
  get context(): PassContext | undefined {
    return this.#context;
  }

  get profiles(): ProfilesResource {
    return this.resources().profiles;
  }

  get decisions(): DecisionsResource {
    return this.resources().decisions;
  }

  get partnerSso(): PartnerSsoResource {
    return this.resources().partnerSso;
  }

  async accessToken(options?: AccessTokenOptions): Promise<string> {
    const device = this.requireDevice();
    options?.signal?.throwIfAborted();
    const held = this.#runtime.tokens.peek(this.key(), device);
    if (held !== undefined && held !== options?.rejected) return held;
    return await this.obtainToken(device, options);
  }

  async configuration(options?: CallOptions): Promise<Configuration> {
    return await retrieveConfiguration(this, this.#runtime.configurations, options);
  }

  async logout(parameters: LogoutParameters, options?: CallOptions): Promise<readonly LogoutStep[]> {
    return await logout(this, this.#runtime, parameters, options);
  }

  async request(
    method: HttpMethod,
    path: string,
    init: PassRequestInit = {},
    options?: CallOptions,
  ): Promise<PassResponse> {
    return await this.within(
      options,
      async (deadline) => await this.call(anyRequest(method, path, init, this.headers()), deadline),
    );
  }

  /** @internal */
  requireDevice(): Device {
    if (this.#device !== undefined) return this.#device;
    throw this.published(
      new PassError('device_missing', 'the request names no device, so there is no client for it'),
    );
  }

  /** @internal */
  headers(context?: readonly ContextHeader[]): Readonly<Record<string, string>> {
    return { ...this.headersOfDevice(), ...contextHeaders(this.#context, context) };
  }

  /** @internal */
  headersWithoutDevice(context: readonly ContextHeader[]): Readonly<Record<string, string>> {
    const { 'x-forwarded-for': address, 'user-agent': userAgent } = this.headersOfDevice();
    return {
      ...(address === undefined ? undefined : { 'x-forwarded-for': address }),
      ...(userAgent === undefined ? undefined : { 'user-agent': userAgent }),
      ...contextHeaders(this.#context, context),
    };
  }

  /** @internal */
  get isEcho(): EchoTest {
    const { tokens } = this.#runtime;
    const device = this.requireDevice();
    const key = this.key();
    return ownWords(tokens, key, device, tokens.peek(key, device));
  }

  /** @internal */
  isFree(): boolean {
    const address = this.headersOfDevice()['x-forwarded-for'];
    return !this.needsToken() && this.#runtime.upstream.waitMs(address) <= 0;
  }

  /** @internal */
  whose(): string {
    return `${this.serviceProvider}\n${this.key()}`;
  }

  /** @internal */
  async within<Value>(
    options: CallOptions | undefined,
    work: (deadline: Deadline) => Promise<Value>,
  ): Promise<Value> {
    return await this.lasting(this.#runtime.timing.deadlineMs, [options?.signal], work);
  }

  /** @internal */
  telling<Value>(work: () => Value): Value {
    try {
      return work();
    } catch (error) {
      throw this.published(error);
    }
  }

  /** @internal */
  async outliving<Value>(work: (ownDeadline: Deadline) => Promise<Value>): Promise<Value> {
    return await this.upTo(this.#runtime.timing.deadlineMs, [], work);
  }

  /** @internal */
  async lasting<Value>(
    forMs: number,
    signals: readonly (AbortSignal | undefined)[],
    work: (deadline: Deadline) => Promise<Value>,
  ): Promise<Value> {
    return await this.upTo(forMs, [...signals, this.#context?.signal], work);
  }

  /** @internal */
  async call(call: ProtectedCall, deadline: Deadline): Promise<ParsedResponse> {
    askedUnder.set(deadline, call.endpoint);
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

  /** @internal */
  key(): string {
    this.#knownKey ??= this.#runtime.tokens.keyOf(this.requireDevice());
    return this.#knownKey;
  }

  /** On its own, because a function that holds a closure makes room for it each time it is called. */
  private async obtainToken(device: Device, options: AccessTokenOptions | undefined): Promise<string> {
    const { tokens } = this.#runtime;
    const key = this.key();
    return await this.within(options, async (deadline) => {
      askedUnder.set(deadline, 'token');
      const { signal, at } = deadline;
      return await tokens.get(key, device, { ...rejectedToken(options), signal, deadline: at });
    });
  }

  private resources(): Resources {
    this.#resources ??= createResources(this, this.#runtime);
    return this.#resources;
  }

  private async upTo<Value>(
    forMs: number,
    signals: readonly (AbortSignal | undefined)[],
    work: (deadline: Deadline) => Promise<Value>,
  ): Promise<Value> {
    const deadline = new Deadline(this.#runtime.clock, forMs, signals);
    try {
      deadline.signal?.throwIfAborted();
      return await work(deadline);
    } catch (error) {
      throw this.published(error, askedUnder.get(deadline));
    } finally {
      deadline.end();
    }
  }

  /** What is about to be thrown; the operator has been told. */
  private published<Reason>(error: Reason, endpoint?: UpstreamEndpoint): Reason {
    return publishFailure(error, { endpoint, tag: () => this.tag() });
  }

  private tag(): string | undefined {
    try {
      return this.#device === undefined ? undefined : this.#runtime.tagOf(this.#device);
    } catch {
      // It names a device by what cannot be one, which is what the error says.
      return undefined;
    }
  }

  private headersOfDevice(): Readonly<Record<string, string>> {
    if (this.#deviceHeaders !== undefined) return this.#deviceHeaders;
    const device = this.requireDevice();
    this.#deviceHeaders = deviceHeaders(device);
    this.#runtime.proxyTrust.sent(device.address, this.#deviceHeaders['x-forwarded-for']);
    return this.#deviceHeaders;
  }
}

function rejectedToken(options: AccessTokenOptions | undefined): { readonly rejected?: string } {
  const rejected: unknown = options?.rejected;
  if (rejected === undefined) return {};
  if (typeof rejected === 'string' && rejected !== '') return { rejected };
  throw invalidOption('rejected', 'must be the access token that was rejected', rejected);
}
