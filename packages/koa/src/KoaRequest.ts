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
}
