import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { attachClient, type ClientAttachment, type Pass, type PendingResponse } from '@pass-dcr/core';
import { PlatformRequest, type HttpRequest } from './PlatformRequest.js';
import type { ResolvedModuleOptions } from './resolveModuleOptions.js';
import { isSkipped } from './SkipPass.js';
import { clientKey } from './tokens.js';

/**
 * Puts the client on the request of every HTTP route.
 *
 * A guard, because Nest middleware gets another object than the handler on Fastify, and is matched by path patterns
 * that differ between versions of Nest. A global guard meets the handler's own request after the route was found, after
 * the application's own global guards, and before those of the route.
 */
export class AttachingGuard implements CanActivate {
  readonly #attachment: ClientAttachment<HttpRequest>;
  readonly #name: string;
  readonly #key: symbol;
  readonly #as: string;
  readonly #routes: 'all' | 'guarded';

  constructor(name: string, pass: Pass, { attach, routes }: ResolvedModuleOptions) {
    this.#attachment = attachClient(pass, attach);
    this.#name = name;
    this.#key = clientKey(name);
    this.#as = attach.as ?? name;
    this.#routes = routes;
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (this.#routes === 'guarded' || context.getType() !== 'http' || isSkipped(context, this.#name))
      return true;
    return this.attach(context);
  }

  attach(context: ExecutionContext): true | Promise<true> {
    const http = context.switchToHttp();
    const request = http.getRequest<HttpRequest>();
    const response = http.getResponse<PendingResponse>();
    const pending = this.#attachment.attach(request, new PlatformRequest(request, response));
    return pending === undefined ? this.#named(request) : this.#namedAfter(pending, request);
  }

  /** A method of its own: a closure in `attach` would cost the requests that do not wait, too. */
  async #namedAfter(pending: Promise<void>, request: HttpRequest): Promise<true> {
    await pending;
    return this.#named(request);
  }

  #named(request: HttpRequest): true {
    const slots = request as unknown as Record<string | symbol, unknown>;
    slots[this.#key] = slots[this.#as];
    return true;
  }
}
