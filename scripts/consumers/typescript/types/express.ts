import type { Pass, PassClient } from '@pass-dcr/core';
import { getPass, passErrorHandler, passMiddleware } from '@pass-dcr/express';
import express, { type ErrorRequestHandler, type Request, type RequestHandler } from 'express';
import { expectType } from './expectType.js';

export function uses(pass: Pass): void {
  const middleware = passMiddleware(pass, {
    device(req) {
      expectType<Request>()(req);
      return { identifier: req.get('x') ?? '' };
    },
  });
  expectType<RequestHandler>()(middleware);
  expectType<ErrorRequestHandler>()(passErrorHandler());
  express()
    .use(middleware)
    .get('/films/:film', (req) => {
      expectType<PassClient>()(req.pass);
      expectType<PassClient>()(getPass(req, 'sports'));
      // @ts-expect-error: no client has it
      req.pass.nothing();
      // @ts-expect-error: the middleware sets it, nobody else
      req.pass = getPass(req);
    });
  // @ts-expect-error: device is required
  passMiddleware(pass, {});
}
