import { NodeRequest } from '@pass-dcr/core';
import type { ExtendableContext } from 'koa';

/** A Koa request, version 3 or 2, in the words of the core. */
export class KoaRequest extends NodeRequest {
  // As in NodeRequest, declared only.
  declare private readonly context: ExtendableContext;

  constructor(context: ExtendableContext) {
    super(context.req, context.res);
    this.context = context;
  }

  /** By the application's `proxy`, `proxyIpHeader` and `maxIpsCount`; Koa gives an empty text where it knows none. */
  get address(): string | undefined {
    return this.context.ip || undefined;
  }

  /** Koa takes the first address of the header, which the client wrote, unless told how many proxies add to it. */
  get trustsEveryProxy(): boolean {
    const { proxy, proxyIpHeader, maxIpsCount } = this.context.app;
    return proxy && !(maxIpsCount > 0) && proxyIpHeader.toLowerCase() === 'x-forwarded-for';
  }
}
