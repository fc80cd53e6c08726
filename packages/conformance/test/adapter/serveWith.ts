import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import type {
  AdapterApplication,
  AdapterConformanceOptions,
  AdapterMount,
  AdapterRoute,
  ServedApplication,
} from '@pass-dcr/conformance';
import {
  attachClient,
  bareAddress,
  clientOf,
  isHangUp,
  isPassError,
  NodeRequest,
  PassError,
  toProblem,
  type Device,
  type PassClient,
  type PendingResponse,
} from '@pass-dcr/core';

/** What an adapter can get wrong. */
export type Fault =
  | 'trusts the first of X-Forwarded-For'
  | 'trusts the last of X-Forwarded-For'
  | 'trusts X-Real-IP'
  | 'trusts no proxy'
  | 'trusts proxies with IPv4 addresses only'
  | 'knows IPv4 addresses only'
  | 'writes the address of an IPv4 peer in another way than the socket'
  | 'makes an address up'
  | 'takes a port for a part of the address'
  | 'refuses an address that it cannot read'
  | "takes a proxy's port for the client's"
  | 'prefers the address of the request'
  | 'reads headers as they are spelt'
  | 'tidies headers'
  | 'takes the first of several headers'
  | 'forwards what names a visitor'
  | 'shares one client among requests'
  | 'keeps a client for a connection'
  | 'tells devices apart by connection'
  | 'runs the handler before the token is there'
  | 'is always eager'
  | 'takes a promise for no device'
  | 'refuses who has no device'
  | 'attaches nothing without a device'
  | 'takes a failure with nothing for success'
  | 'takes a failure with a word for an instruction'
  | 'ignores "as"'
  | 'overwrites a taken property'
  | 'leaves property_taken unnoticed'
  | 'looks at the first mount only'
  | 'takes what a device says of itself for who it is'
  | 'authenticates OPTIONS'
  | 'does not serve HEAD'
  | 'authenticates every route'
  | 'fails for an unknown route'
  | 'attaches to every route without authenticating'
  | 'reads the body before the handler'
  | 'waits for the whole body'
  | 'lets the body flow'
  | 'lets one that hangs up fail all that wait'
  | 'does not notice who hangs up'
  | 'ends a client with its response'
  | 'answers no hang-up'
  | "answers Adobe's status"
  | 'answers 500 for everything'
  | 'tells every detail'
  | 'tells no detail'
  | 'forgets Retry-After'
  | 'lets answers be stored'
  | 'answers plain JSON'
  | 'answers every error as a problem'
  | 'keeps errors to itself'
  | 'serves without a token when closed'
  | 'takes a shutdown for a failure of its own'
  | 'leaves a rejection unhandled'
  | 'answers undefined where the middleware is missing';

type Slots = Record<string, unknown>;
type Handler = (request: IncomingMessage, response: ServerResponse, body: Readable) => Promise<void>;

/** An adapter for node:http with one fault, or none. */
export function serveWith(fault?: Fault): AdapterConformanceOptions['serve'] {
  return async (application) => await new FaultyServer(fault, application).listen();
}

class FaultyServer {
  readonly #fault: Fault | undefined;
  readonly #application: AdapterApplication;
  readonly #mounted: Handler;
  readonly #devices = new Map<AdapterMount['device'], AdapterMount['device']>();
  readonly #ofConnection = new WeakMap<Socket, unknown>();
  readonly #waiting = new Set<(reason: unknown) => void>();
  #shared: unknown;

  constructor(fault: Fault | undefined, application: AdapterApplication) {
    this.#fault = fault;
    this.#application = application;
    this.#mounted = application.mounts.reduceRight<Handler>(
      (handler, mount) => this.#mount(mount, handler),
      async (request, response, body) => await this.#route(application.routes, request, response, body),
    );
  }

  async listen(): Promise<ServedApplication> {
    const server = createServer((request, response) => void this.#serve(request, response));
    await once(server.listen(0), 'listening');
    return {
      port: (server.address() as AddressInfo).port,
      async close() {
        await once(server.close(), 'close');
      },
    };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { openRoutes } = this.#application;
    const isOpen =
      !this.#has('authenticates every route', 'attaches to every route without authenticating') &&
      openRoutes.some(({ path }) => path === request.url);
    try {
      await (isOpen
        ? this.#route(openRoutes, request, response, request)
        : this.#mounted(request, response, request));
    } catch (error) {
      this.#answer(error, response);
    }
  }

  #mount({ pass, device, authenticate, as }: AdapterMount, handler: Handler): Handler {
    const name = as === undefined || this.#has('ignores "as"') ? 'pass' : as;
    const isLazy =
      this.#has('attaches to every route without authenticating') ||
      (authenticate === 'lazy' && !this.#has('is always eager'));
    const asked =
      this.#devices.get(device) ?? ((request) => this.#device(request as IncomingMessage, device));
    this.#devices.set(device, asked);
    const attachment = attachClient<IncomingMessage>(pass, {
      device: asked,
      authenticate: isLazy ? 'lazy' : 'eager',
      as: name,
    });

    return async (request, response, body) => {
      const slots = request as unknown as Slots;
      if (this.#has('overwrites a taken property')) delete slots[name];
      if (slots[name] !== undefined && this.#has('looks at the first mount only'))
        return await handler(request, response, body);
      const inbound = new FaultyRequest(request, response, this.#fault, this.#application.trustedProxies);
      if (this.#has('lets the body flow')) request.resume();
      try {
        await this.#wait(attachment.attach(request, inbound), response);
      } catch (error) {
        if (!this.#ignores(error)) throw error;
      }
      slots[name] = this.#replaced(slots[name], request);
      if (
        this.#has('forwards what names a visitor') &&
        request.headers['ap-visitor-identifier'] !== undefined
      )
        slots[name] = pass.client(
          { identifier: 'tv-1' },
          { visitorIdentifier: String(request.headers['ap-visitor-identifier']) },
        );
      await handler(request, response, await this.#body(body));
    };
  }

  #device(
    request: IncomingMessage,
    device: AdapterMount['device'],
  ): Device | undefined | Promise<Device | undefined> {
    const named = (): ReturnType<AdapterMount['device']> => device(request);
    if (
      this.#has('takes a failure with nothing for success', 'takes a failure with a word for an instruction')
    )
      return this.#devicePerhaps(named);
    const found = named();
    if (found instanceof Promise) return this.#has('takes a promise for no device') ? undefined : found;
    if (found === undefined) {
      if (this.#has('refuses who has no device')) throw new PassError('device_missing', 'no device');
      return undefined;
    }
    if (this.#has('takes what a device says of itself for who it is')) {
      const claimed = request.headers['ap-device-identifier'];
      if (typeof claimed === 'string') return { identifier: atob(claimed.replace('fingerprint ', '')) };
    }
    if (this.#has('tells devices apart by connection'))
      return { ...found, identifier: `${String(found.identifier)}:${request.socket.remotePort}` };
    if (this.#has('prefers the address of the request')) {
      return { identifier: found.identifier, info: found.info };
    }
    return found;
  }

  async #devicePerhaps(named: () => ReturnType<AdapterMount['device']>): Promise<Device | undefined> {
    try {
      return await named();
    } catch (reason) {
      if (typeof reason === 'string') {
        if (this.#has('takes a failure with a word for an instruction')) return undefined;
      } else if (reason === null || reason === undefined) {
        if (this.#has('takes a failure with nothing for success')) return undefined;
      }
      throw reason;
    }
  }

  async #wait(pending: Promise<void> | undefined, response: ServerResponse): Promise<void> {
    if (pending === undefined) return;
    if (this.#has('runs the handler before the token is there')) {
      pending.catch(() => undefined);
      return;
    }
    if (this.#has('leaves a rejection unhandled')) void pending.then(() => undefined);
    if (!this.#has('lets one that hangs up fail all that wait')) return await pending;
    const failed = new Promise<never>((_, reject) => this.#waiting.add(reject));
    failed.catch(() => undefined);
    response.once('close', () => {
      if (!response.writableFinished) for (const fail of this.#waiting) fail(new Error('somebody hung up'));
    });
    await Promise.race([pending, failed]);
  }

  #ignores(error: unknown): boolean {
    if (!isPassError(error)) return false;
    if (error.code === 'property_taken') return this.#has('leaves property_taken unnoticed');
    return error.code === 'closed' && this.#has('serves without a token when closed');
  }

  #replaced(client: unknown, { socket }: IncomingMessage): unknown {
    if (this.#has('attaches nothing without a device')) return hasDevice(client) ? client : undefined;
    if (this.#has('shares one client among requests')) return (this.#shared ??= client);
    if (!this.#has('keeps a client for a connection')) return client;
    const kept = this.#ofConnection.get(socket) ?? client;
    this.#ofConnection.set(socket, kept);
    return kept;
  }

  async #body(body: Readable): Promise<Readable> {
    if (!this.#has('reads the body before the handler', 'waits for the whole body')) return body;
    const pieces: unknown[] = [];
    for await (const piece of body) pieces.push(piece);
    return this.#has('waits for the whole body') ? Readable.from(pieces) : body;
  }

  async #route(
    routes: readonly AdapterRoute[],
    request: IncomingMessage,
    response: ServerResponse,
    body: Readable,
  ): Promise<void> {
    const method = request.method === 'HEAD' && !this.#has('does not serve HEAD') ? 'GET' : request.method;
    const found = [...routes, ...this.#application.openRoutes].find(
      (one) => one.path === request.url && one.method === method,
    );
    if (found === undefined) {
      response.writeHead(this.#has('fails for an unknown route') ? 500 : 404).end();
      return;
    }
    const answer = await found.handle({
      property: (name) => (request as unknown as Slots)[name],
      client: (as) => this.#client(request, as),
      body,
      socketPort: request.socket.remotePort,
    });
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
  }

  #client(request: IncomingMessage, as = 'pass'): PassClient {
    if (this.#has('answers undefined where the middleware is missing'))
      return (request as unknown as Slots)[as] as PassClient;
    return clientOf(request, this.#has('ignores "as"') ? 'pass' : as);
  }

  #answer(error: unknown, response: ServerResponse): void {
    if (!this.#has('keeps errors to itself')) this.#application.onError?.(error);
    if (isHangUp(error) && (response.destroyed || this.#has('answers no hang-up'))) return;
    const isClosed = isPassError(error) && error.code === 'closed';
    const given =
      this.#has('answers every error as a problem') && !isPassError(error)
        ? new PassError('upstream_unavailable', 'failed')
        : error;
    const problem =
      isClosed && this.#has('takes a shutdown for a failure of its own') ? undefined : toProblem(given);
    if (problem === undefined || !isPassError(given)) {
      response.writeHead((error as { status?: number }).status ?? 500).end();
      return;
    }
    const body = { ...problem.body };
    if (this.#has('tells every detail')) Object.assign(body, { detail: given.message });
    if (this.#has('tells no detail')) Object.assign(body, { detail: undefined });
    const status = this.#has("answers Adobe's status") ? given.adobe?.status : undefined;
    const headers: Record<string, string> = { ...problem.headers };
    if (this.#has('forgets Retry-After')) delete headers['Retry-After'];
    if (this.#has('lets answers be stored')) delete headers['Cache-Control'];
    if (this.#has('answers plain JSON')) headers['Content-Type'] = 'application/json';
    response
      .writeHead(this.#has('answers 500 for everything') ? 500 : (status ?? problem.status), headers)
      .end(JSON.stringify(body));
  }

  #has(...faults: readonly Fault[]): boolean {
    return this.#fault !== undefined && faults.includes(this.#fault);
  }
}

class FaultyRequest extends NodeRequest {
  readonly #fault: Fault | undefined;
  readonly #trusted: AdapterApplication['trustedProxies'];

  constructor(
    message: IncomingMessage,
    response: ServerResponse,
    fault: Fault | undefined,
    trusted: AdapterApplication['trustedProxies'],
  ) {
    super(message, faultyResponse(response, fault));
    this.#fault = fault;
    this.#trusted = trusted;
  }

  override get method(): string {
    return this.#fault === 'authenticates OPTIONS' ? 'GET' : super.method;
  }

  override header(name: string): string | undefined {
    const value = super.header(name);
    switch (this.#fault) {
      case 'reads headers as they are spelt': {
        const at = this.message.rawHeaders.indexOf(name);
        return at === -1 ? undefined : this.message.rawHeaders[at + 1];
      }
      case 'tidies headers':
        return value === undefined
          ? undefined
          : value.replaceAll(/[^\x21-\x7e]/g, '').slice(0, 4_096) || 'none';
      case 'takes the first of several headers':
        return this.message.headersDistinct[name]?.[0];
      default:
        return value;
    }
  }

  override get socketAddress(): string | undefined {
    return this.#fault === "takes a proxy's port for the client's" ? this.address : super.socketAddress;
  }

  get address(): string | undefined {
    const socket = this.message.socket.remoteAddress;
    const claims = (this.message.headers['x-forwarded-for'] ?? '')
      .toString()
      .split(',')
      .map((claim) => claim.trim())
      .filter((claim) => claim !== '');
    switch (this.#fault) {
      case 'trusts the first of X-Forwarded-For':
        return claims[0] ?? socket;
      case 'trusts the last of X-Forwarded-For':
        return claims.at(-1) ?? socket;
      case 'trusts X-Real-IP':
        return this.message.headers['x-real-ip']?.toString() ?? this.#trustedAddress(socket, claims);
      case 'trusts no proxy':
        return socket;
      case 'knows IPv4 addresses only': {
        const address = this.#trustedAddress(socket, claims);
        return address?.includes(':') === true ? undefined : address;
      }
      case 'writes the address of an IPv4 peer in another way than the socket':
        return this.#trustedAddress(socket, claims)?.replace(/^::ffff:/, '');
      case 'makes an address up':
        return claims.length === 0 ? '203.0.113.1' : this.#trustedAddress(socket, claims);
      case 'refuses an address that it cannot read': {
        const address = this.#trustedAddress(socket, claims);
        if (address !== undefined && bareAddress(address) === undefined)
          throw new PassError('header_invalid', 'the address cannot be read');
        return address;
      }
      default:
        return this.#trustedAddress(socket, claims);
    }
  }

  #trustedAddress(socket: string | undefined, claims: readonly string[]): string | undefined {
    let address = socket;
    for (const [hop, claim] of claims.toReversed().entries()) {
      if (address === undefined || !this.#trusts(address, hop)) break;
      address =
        this.#fault === 'takes a port for a part of the address' ? claim : (bareAddress(claim) ?? claim);
    }
    return address;
  }

  #trusts(address: string, hop: number): boolean {
    if (this.#trusted === 'none') return false;
    if (this.#trusted !== 'loopback') return hop < this.#trusted;
    if (/^(::ffff:)?127\.[\d.]+$/.test(address)) return true;
    return address === '::1' && this.#fault !== 'trusts proxies with IPv4 addresses only';
  }
}

function faultyResponse(response: ServerResponse, fault: Fault | undefined): PendingResponse {
  switch (fault) {
    case 'does not notice who hangs up':
      return { destroyed: false, writableEnded: false, once: () => undefined };
    case 'ends a client with its response':
      return {
        get destroyed() {
          return response.destroyed || response.writableFinished;
        },
        writableEnded: false,
        once: (event, listener) => response.once(event, listener),
      };
    default:
      return response;
  }
}

function hasDevice(client: unknown): boolean {
  try {
    return (client as PassClient).device !== undefined;
  } catch {
    return false;
  }
}
