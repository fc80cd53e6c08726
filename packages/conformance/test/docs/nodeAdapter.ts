import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  attachClient,
  bareAddress,
  isHangUp,
  NodeRequest,
  toProblem,
  type AttachOptions,
  type Pass,
} from '@pass-dcr/core';

export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => unknown;

export interface NodePassOptions extends AttachOptions<IncomingMessage> {
  /** Whether `address`, so many hops before this server, is a proxy of ours; hop 0 is the socket. Default: none is. */
  readonly trustProxy?: (address: string, hop: number) => boolean;
}

/** A handler that runs `handler` once the request has its client. */
export function withPass(
  pass: Pass,
  { trustProxy = () => false, ...options }: NodePassOptions,
  handler: NodeHandler,
): NodeHandler {
  const attachment = attachClient(pass, options);

  class TrustedRequest extends NodeRequest {
    get address(): string | undefined {
      const claims = (this.header('x-forwarded-for') ?? '').split(',').toReversed();
      let address = this.socketAddress;
      for (const [hop, claim] of claims.entries()) {
        if (claim.trim() === '' || address === undefined || !trustProxy(address, hop)) break;
        // Some proxies write ports, which no list of trusted addresses has.
        address = bareAddress(claim) ?? claim.trim();
      }
      return address;
    }
  }

  return async (request, response) => {
    const pending = attachment.attach(request, new TrustedRequest(request, response));
    if (pending !== undefined) await pending;
    return await handler(request, response);
  };
}

/** Answers what is for the adapter to answer, and says whether it was that. */
export function answerPassError(error: unknown, response: ServerResponse): boolean {
  if (isHangUp(error, response)) return true;
  const problem = toProblem(error);
  if (problem === undefined || response.headersSent) return false;
  response.writeHead(problem.status, problem.headers).end(JSON.stringify(problem.body));
  return true;
}
