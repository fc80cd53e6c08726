import { NodeRequest, trustedAddress, trustsEveryProxy, type PendingResponse } from '@pass-dcr/core';

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
  // As in NodeRequest, declared only.
  declare private readonly request: HttpRequest;

  constructor(request: HttpRequest, response: PendingResponse) {
    super(rawOf(request) as Message, rawOf(response) as PendingResponse);
    this.request = request;
  }

  /** By Express's "trust proxy" or Fastify's `trustProxy`. */
  get address(): string | undefined {
    return trustedAddress(this.request, this.socketAddress);
  }

  get trustsEveryProxy(): boolean {
    return trustsEveryProxy(this.request);
  }
}

/** Fastify wraps Node's request and response; Express extends them. */
function rawOf(wrapped: object): unknown {
  return 'raw' in wrapped ? wrapped.raw : wrapped;
}
