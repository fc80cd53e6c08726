import { NodeRequest, trustedAddress, trustsEveryProxy } from '@pass-dcr/core';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A Fastify request in the words of the core. */
export class InboundRequest extends NodeRequest {
  // As in NodeRequest, declared only.
  declare private readonly request: FastifyRequest;

  constructor(request: FastifyRequest, reply: FastifyReply) {
    super(request.raw, reply.raw);
    this.request = request;
  }

  /** By the server's `trustProxy`; without it, the socket's address. There is none on a Unix socket, whatever the type says. */
  get address(): string | undefined {
    return trustedAddress(this.request, this.socketAddress);
  }

  get trustsEveryProxy(): boolean {
    return trustsEveryProxy(this.request);
  }
}
