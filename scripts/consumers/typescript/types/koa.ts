import type { Pass, PassClient } from '@pass-dcr/core';
import { getPass, passErrorHandler, passMiddleware } from '@pass-dcr/koa';
import Koa, { type Context } from 'koa';
import { expectType } from './expectType.js';

export function uses(pass: Pass): void {
  const app = new Koa();
  app.use(passErrorHandler());
  app.use(
    passMiddleware(pass, {
      device(ctx) {
        expectType<Context>()(ctx);
        return { identifier: ctx.get('x') };
      },
    }),
  );
  app.use((ctx) => {
    expectType<PassClient>()(ctx.pass);
    expectType<PassClient>()(getPass(ctx, 'sports'));
    // @ts-expect-error: no client has it
    ctx.pass.nothing();
    // @ts-expect-error: the middleware sets it, nobody else
    ctx.pass = getPass(ctx);
  });
  // @ts-expect-error: device is required
  passMiddleware(pass, {});
}
