import type { Pass, PassClient, Profile } from '@pass-dcr/core';
import express, { type Request, type RequestHandler } from 'express';
import { expectTypeOf } from 'vitest';
import { getPass, passMiddleware } from '../src/index.js';

// Compiled, never run: the compiler is the test.

declare const pass: Pass;

const app = express();
const middleware = passMiddleware(pass, {
  device(request) {
    expectTypeOf(request).toEqualTypeOf<Request>();
    return { identifier: request.get('x') ?? '' };
  },
});
expectTypeOf(middleware).toEqualTypeOf<RequestHandler>();
app.use(middleware);
app.get('/', (req) => {
  expectTypeOf(req.pass).toEqualTypeOf<PassClient>();
  expectTypeOf(req.pass.profiles.all()).resolves.toEqualTypeOf<readonly Profile[]>();
  // @ts-expect-error: no client has it, so the property is not any
  req.pass.nothing();
  // @ts-expect-error: the middleware sets it, nobody else
  req.pass = getPass(req, 'other');
});

// @ts-expect-error: device is required
passMiddleware(pass, {});
// @ts-expect-error: only these two
passMiddleware(pass, { device: () => undefined, authenticate: 'always' });
