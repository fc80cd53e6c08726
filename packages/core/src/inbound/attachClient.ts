import type { Device } from '../device/Device.js';
import { checkOptions, invalidOption } from '../checkOptions.js';
import { kindOf } from '../described.js';
import { PassError } from '../errors.js';
import * as check from '../optionChecks.js';
import type { Pass } from '../Pass.js';
import type { PassClient } from '../PassClient.js';
import { publishFailure } from '../publishFailure.js';
import { internalsOf, type InboundClient, type PassInternals } from '../PassInternals.js';
import type { IncomingRequest } from './IncomingRequest.js';
import { RequestContext } from './RequestContext.js';
import { RequestDevice } from './RequestDevice.js';

/** What every adapter takes. `Request` is what the framework hands to a handler. */
export interface AttachOptions<Request> {
  /**
   * Says which device sent the request; `undefined`: none, and the client's first use throws `device_missing`.
   *
   * **The library does not authenticate devices.** Whoever can make this function return another device's identifier
   * gets that device's profiles and media tokens, so take it from something that your server has verified, such as a
   * signed device token. `deviceFromHeaders()` is for servers behind something that has checked the caller.
   *
   * The client's address, port and `User-Agent` are added from the request where the device does not name them.
   */
  readonly device: (request: Request) => Device | undefined | Promise<Device | undefined>;
  /**
   * `'eager'` (default): a handler runs once its device has a usable token, else the framework's error handler gets a
   * `PassError`. `'lazy'`: the first call that needs a token obtains it. `OPTIONS` is never authenticated.
   */
  readonly authenticate?: 'eager' | 'lazy' | undefined;
  /** The property that holds the client. Default `pass`. */
  readonly as?: string | undefined;
}

/** Puts a client on each request of one mounted adapter. */
export interface ClientAttachment<Request extends object> {
  /**
   * Attaches the client to `target`, which is what `options.device` is asked with.
   *
   * Returns `undefined` when that is done, without a promise, as is the case when the token is in memory. Otherwise
   * the promise fulfils once the handler may run. A second call for the same target and the same `Pass` attaches nothing, and
   * is refused (`option_invalid`) if it has another `device` function, since nobody would ask that.
   * @throws PassError, or what `options.device` throws, synchronously or as the promise's rejection; always an object
   */
  attach(target: Request, request: IncomingRequest): Promise<void> | undefined;
}

/**
 * What an adapter makes once, when it is mounted. The options are checked here, so that a mistake stops the server from
 * starting rather than every request from working.
 * @throws PassError `option_invalid`
 */
export function attachClient<Request extends object>(
  pass: Pass,
  options: AttachOptions<Request>,
): ClientAttachment<Request> {
  return new Attachment(requireInternals(pass), resolveOptions(options));
}

interface ResolvedOptions<Request> {
  readonly device: AttachOptions<Request>['device'];
  readonly eager: boolean;
  readonly as: string;
}

class Attachment<Request extends object> implements ClientAttachment<Request> {
  // Not #private: calls of such methods are checked, and each request makes five.
  private readonly internals: PassInternals;
  private readonly options: ResolvedOptions<Request>;
  private isFirst = true;

  constructor(internals: PassInternals, options: ResolvedOptions<Request>) {
    this.internals = internals;
    this.options = options;
  }

  attach(target: Request, request: IncomingRequest): Promise<void> | undefined {
    if (this.isFirst) this.lookAtProxies(request);
    try {
      return this.begin(target, request);
    } catch (reason) {
      throw publishFailure(errorOf(reason));
    }
  }

  private begin(target: Request, request: IncomingRequest): Promise<void> | undefined {
    const slots = target as Record<string, unknown>;
    const taken = slots[this.options.as];
    if (taken !== undefined && taken !== null) return this.reuse(taken, request);
    const device = this.options.device(target);
    if (isThenable(device)) return this.attachLater(slots, request, device);
    return this.place(slots, request, device);
  }

  /** At the first request, because nothing tells the settings of a framework before. */
  private lookAtProxies(request: IncomingRequest): void {
    this.isFirst = false;
    try {
      if (request.trustsEveryProxy === true) this.internals.warn('trust_proxy_open');
    } catch {
      // The request of a test may lack what the framework works its address out from.
    }
  }

  private async attachLater(
    slots: Record<string, unknown>,
    request: IncomingRequest,
    pending: PromiseLike<Device | undefined>,
  ): Promise<void> {
    try {
      await this.place(slots, request, await pending);
    } catch (reason) {
      throw publishFailure(errorOf(reason));
    }
  }

  private place(
    slots: Record<string, unknown>,
    request: IncomingRequest,
    device: Device | undefined,
  ): Promise<void> | undefined {
    // Node remembers a socket's peer from the first time it is asked; asked after the connection ended, it knows none,
    // and the device's calls would go out without the address that Adobe throttles by.
    void request.socketAddress;
    const client = this.client(device, request);
    slots[this.options.as] = client;
    return this.authenticate(client, request);
  }

  /** One view of the request is both its device and its context. */
  private client(device: Device | undefined, request: IncomingRequest): InboundClient {
    const { device: source } = this.options;
    if (!isDevice(device)) return this.internals.client(undefined, new RequestContext(request, source));
    const view = new RequestDevice(device, request, source);
    return this.internals.client(view, view);
  }

  private reuse(taken: unknown, request: IncomingRequest): Promise<void> | undefined {
    if (!this.internals.owns(taken)) {
      throw new PassError(
        'property_taken',
        `the request already has a property ${JSON.stringify(this.options.as)} that this Pass did not set; ` +
          'give one of them another name with the option "as"',
      );
    }
    const { source } = (taken.context ?? {}) as { readonly source?: unknown };
    if (source !== undefined && source !== this.options.device) {
      throw new PassError(
        'option_invalid',
        'device must be one function where a Pass is mounted twice for a request, received another one, ' +
          'which would never be asked; mount it once, or mount it with the same function',
      );
    }
    return this.authenticate(taken, request);
  }

  private authenticate(client: InboundClient, request: IncomingRequest): Promise<void> | undefined {
    if (!this.options.eager || request.method === 'OPTIONS' || !client.needsToken()) return undefined;
    return waitForToken(client);
  }
}

/** Frameworks take nothing, or some words, for success or an instruction, or never answer: a failure has to be an error. */
function errorOf(reason: unknown): unknown {
  if (typeof reason === 'object' && reason !== null) return reason;
  return new Error('the device option failed without an error', { cause: reason });
}

async function waitForToken(client: PassClient): Promise<void> {
  await client.accessToken();
}

function isThenable(
  value: Device | undefined | PromiseLike<Device | undefined>,
): value is PromiseLike<Device | undefined> {
  return typeof (value as { readonly then?: unknown } | undefined)?.then === 'function';
}

/** JavaScript callers answer `null` for "none". */
function isDevice(device: Device | null | undefined): device is Device {
  if (device === undefined || device === null) return false;
  if (typeof device === 'object') return true;
  // Not what it is: it may be the identifier itself.
  throw new PassError(
    'option_invalid',
    `device must return an object with an identifier, or undefined, received ${kindOf(device)}`,
  );
}

function requireInternals(pass: unknown): PassInternals {
  const internals = internalsOf(pass);
  if (internals !== undefined) return internals;
  throw invalidOption('pass', 'must be what createPass() returned', pass);
}

const checks = {
  device: check.that(
    'must be a function that says which device sent a request (take the identifier from something your server has verified; deviceFromHeaders() reads it from the headers, unverified)',
    isFunction,
  ),
  authenticate: check.optional(check.oneOf('eager', 'lazy'), 'eager'),
  as: check.optional(check.that('must be the name of a property', isText), 'pass'),
} satisfies Readonly<Record<keyof AttachOptions<never>, unknown>>;

function resolveOptions<Request>(options: unknown): ResolvedOptions<Request> {
  const { device, authenticate, as } = checkOptions(options, checks, {
    shape: 'an object with a device function',
    hint: `there are ${Object.keys(checks).join(', ')}, and what concerns all requests is an option of createPass()`,
  });
  return { device: device as AttachOptions<Request>['device'], eager: authenticate === 'eager', as };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isFunction(value: unknown): value is (...args: never[]) => unknown {
  return typeof value === 'function';
}
