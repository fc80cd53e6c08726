import {
  attachClient,
  isHangUp,
  PassError,
  type AttachOptions,
  type Pass,
  type PassClient,
} from '@pass-dcr/core';
import Koa, { type Context, type ExtendableContext, type Next } from 'koa';
import { KoaRequest } from './KoaRequest.js';

declare module 'koa' {
  interface ExtendableContext {
    /** Adobe Pass for the device that sent this request. */
    readonly pass: PassClient;
  }
  // Else its index signature would make the property any.
  interface DefaultContext {
    readonly pass?: PassClient;
  }
}

export interface PassMiddlewareOptions<
  OwnContext extends ExtendableContext = Context,
> extends AttachOptions<OwnContext> {}

/** Not Koa's `Middleware`: its type parameters would widen the state and context of the application that uses it. */
type Attaching<OwnContext> = (context: OwnContext, next: Next) => Promise<unknown>;

/**
 * Gives every request an authenticated Adobe Pass client as `ctx.pass`.
 *
 * Mount it before the routes that use it and after whatever `device` relies on. A request whose token is in memory goes
 * on without a promise of its own; otherwise the next middleware runs once the device has a token, or the request fails
 * with a `PassError`, which `passErrorHandler()` answers. Without a device nothing fails until the client is used.
 *
 * Set `app.proxy` and `app.maxIpsCount` to what your deployment has: the address that they yield is sent to Adobe Pass,
 * which throttles by it.
 *
 * **The library does not authenticate devices.** `options.device` has to.
 * @throws PassError `option_invalid`
 *
 * @example
 * app.use(passErrorHandler());
 * app.use(passMiddleware(pass, { device: (ctx) => verifyDeviceToken(ctx.get('authorization')) }));
 * app.use(async (ctx) => { ctx.body = await ctx.pass.profiles.all(); });
 */
export function passMiddleware(pass: Pass, options: PassMiddlewareOptions): Attaching<ExtendableContext>;
/** For an application with a context type of its own, which `device` names as the type of its parameter. */
export function passMiddleware<OwnContext extends ExtendableContext>(
  pass: Pass,
  options: PassMiddlewareOptions<OwnContext>,
): Attaching<OwnContext>;
export function passMiddleware<OwnContext extends ExtendableContext>(
  pass: Pass,
  options: PassMiddlewareOptions<OwnContext>,
): Attaching<OwnContext> {
  const attachment = attachClient(pass, options);
  if (options.as !== undefined) refuseMember(options.as);
  return function attachPass(context, next) {
    const pending = attachment.attach(context, new KoaRequest(context));
    return pending === undefined ? next() : goOnAfter(pending, context, next);
  };
}

/** A function of its own: a closure in the middleware would cost the requests that do not wait, too. */
async function goOnAfter(pending: Promise<void>, context: ExtendableContext, next: Next): Promise<unknown> {
  try {
    await pending;
  } catch (error) {
    if (!isHangUp(error, context.res)) throw error;
    // Nobody is left to answer. As nginx has it: an access log would show Koa's initial 404, of a route that exists.
    context.status = 499;
    return;
  }
  return await next();
}

/** What Koa puts on each context, and what it reads of it; all else is on the prototype. */
const ownMembers = ['app', 'req', 'res', 'request', 'response', 'originalUrl', 'state', 'respond'];

/** Many members are undefined or can be set while a request begins, so that a client would become its body or status. */
function refuseMember(name: string): void {
  if (!ownMembers.includes(name) && !(name in new Koa().context)) return;
  throw new PassError(
    'option_invalid',
    `as must not be ${JSON.stringify(name)}, which every Koa context has already; choose another name`,
  );
}
