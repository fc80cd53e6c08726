import type { CanActivate, ExecutionContext, OnModuleInit } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import {
  attachClient,
  PassError,
  type ClientAttachment,
  type Pass,
  type PendingResponse,
} from '@pass-dcr/core';
import { PlatformRequest, type HttpRequest } from './PlatformRequest.js';
import type { ResolvedModuleOptions } from './resolveModuleOptions.js';
import { isSkipped } from './SkipPass.js';
import { clientKey, guardToken } from './tokens.js';

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

/**
 * What stands for it among the global guards. Nest 10 would leave out one whose dependencies are made for each request,
 * and with it the device function that routes may rely on; this one depends on nothing, and looks for it at the start.
 */
export class GlobalGuard implements CanActivate, OnModuleInit {
  readonly #name: string;
  readonly #moduleRef: ModuleRef;
  #attaching: AttachingGuard | undefined;

  constructor(name: string, moduleRef: ModuleRef) {
    this.#name = name;
    this.#moduleRef = moduleRef;
  }

  /** @throws PassError `option_invalid` */
  onModuleInit(): void {
    this.#attaching = this.#find();
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    this.#attaching ??= this.#find();
    return this.#attaching.canActivate(context);
  }

  #find(): AttachingGuard {
    let found: unknown;
    let cause: unknown;
    try {
      found = this.#moduleRef.get<unknown>(guardToken(this.#name));
    } catch (reason) {
      cause = reason;
    }
    // Nest 10 does not throw, and has nothing.
    if (found instanceof AttachingGuard) return found;
    throw new PassError(
      'option_invalid',
      'PassModule: the options must not need a provider that is made for each request or each consumer, since a Pass lives ' +
        'as long as the application; what depends on the request, the option device can take from it',
      { cause },
    );
  }
}
