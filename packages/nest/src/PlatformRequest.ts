import { NodeRequest, type PendingResponse } from '@pass-dcr/core';

type Message = ConstructorParameters<typeof NodeRequest>[0];

/** What the requests of Express and of Fastify have in common. */
export interface HttpRequest extends Pick<Message, 'headers' | 'socket'> {
  readonly method: string;
  readonly url: string;
  readonly originalUrl: string;
  /** The client's address, by the platform's own proxy settings. */
  readonly ip?: string | undefined;
  /** Of the routes that have parameters. */
  readonly params: unknown;
  readonly query: unknown;
  readonly body?: unknown;
}

/** A request of Express or Fastify, in the words of the core. */
export class PlatformRequest extends NodeRequest {
  readonly #request: HttpRequest;

  constructor(request: HttpRequest, response: PendingResponse) {
    super(rawOf(request) as Message, rawOf(response) as PendingResponse);
    this.#request = request;
  }

  /** By Express's "trust proxy" or Fastify's `trustProxy`. */
  get address(): string | undefined {
    return this.#request.ip;
  }
}

/** Fastify wraps Node's request and response; Express extends them. */
function rawOf(wrapped: object): unknown {
  return 'raw' in wrapped ? wrapped.raw : wrapped;
}

/** More hops than anybody would count. */
const manyHops = Array.from({ length: 64 }, (_, hop) => `192.0.2.${hop + 1}`);

/**
 * Whether any client can choose its address. Both platforms hide how they are configured, so each is asked for the
 * address of an imaginary request from a documentation address.
 */
export function trustsEveryProxy(request: HttpRequest): boolean {
  const socket = { remoteAddress: '192.0.2.254' };
  const message = { headers: { 'x-forwarded-for': manyHops.join(', ') }, socket, connection: socket };
  const imaginary = Object.create(request, {
    ...Object.getOwnPropertyDescriptors(message),
    raw: { value: message },
  }) as HttpRequest;
  return imaginary.ip === manyHops[0];
}
