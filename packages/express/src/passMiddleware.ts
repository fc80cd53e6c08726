import { attachClient, isHangUp, type AttachOptions, type Pass, type PassClient } from '@pass-dcr/core';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { ExpressRequest } from './ExpressRequest.js';

declare global {
  namespace Express {
    interface Request {
      /** Adobe Pass for the device that sent this request. */
      readonly pass: PassClient;
    }
  }
}

export interface PassMiddlewareOptions extends AttachOptions<Request> {}

/**
 * Gives every request an authenticated Adobe Pass client as `req.pass`.
 *
 * Mount it before the routes that use it and after whatever `device` relies on. A request whose token is in memory goes
 * on without a promise; otherwise `next` is called once the device has a token, or with a `PassError`, which
 * `passErrorHandler()` answers. Without a device nothing fails until the client is used.
 *
 * Set "trust proxy" to what your deployment has: the address it yields is sent to Adobe Pass, which throttles by it.
 *
 * **The library does not authenticate devices.** `options.device` has to.
 * @throws PassError `option_invalid`
 *
 * @example
 * app.use(passMiddleware(pass, { device: (req) => verifyDeviceToken(req.get('authorization')) }));
 * app.get('/api/me', async (req, res) => res.json(await req.pass.profiles.all()));
 * app.use(passErrorHandler());
 */
export function passMiddleware(pass: Pass, options: PassMiddlewareOptions): RequestHandler {
  const attachment = attachClient(pass, options);
  return function attachPass(request, response, next) {
    const pending = attachment.attach(request, new ExpressRequest(request, response));
    if (pending === undefined) next();
    else goOnAfter(pending, response, next);
  };
}

/** A function of its own: a closure in the middleware would cost the requests that do not wait, too. */
function goOnAfter(pending: Promise<void>, response: Response, next: NextFunction): void {
  pending.then(
    () => next(),
    (error: unknown) => {
      // Nobody is left to answer, and there is nothing that a log should show.
      if (!isHangUp(error, response)) next(error);
    },
  );
}
