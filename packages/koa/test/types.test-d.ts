import { Router, type RouterContext } from '@koa/router';
import type { Pass, PassClient, Profile } from '@pass-dcr/core';
import Koa, { type Context, type DefaultContext, type ParameterizedContext } from 'koa';
import { expectTypeOf } from 'vitest';
import { getPass, passErrorHandler, passMiddleware } from '../src/index.js';

// Compiled, never run: the compiler is the test.

declare const pass: Pass;

interface Viewer {
  readonly viewer: string;
}
interface Clock {
  readonly now: () => number;
}
type OwnContext = ParameterizedContext<Viewer, Clock>;

const middleware = passMiddleware(pass, {
  device(ctx) {
    expectTypeOf(ctx).toEqualTypeOf<Context>();
    return { identifier: ctx.get('x') };
  },
});

const plain = new Koa();
expectTypeOf(plain.use(middleware)).toEqualTypeOf<Koa>();
plain.use(async (ctx, next) => {
  expectTypeOf(ctx.pass).toEqualTypeOf<PassClient>();
  expectTypeOf(ctx.pass.profiles.all()).resolves.toEqualTypeOf<readonly Profile[]>();
  // @ts-expect-error: no client has it, so the property is not any
  ctx.pass.nothing();
  // @ts-expect-error: the middleware sets it, nobody else
  ctx.pass = getPass(ctx, 'other');
  await next();
});

const own = new Koa<Viewer, Clock>();
expectTypeOf(own.use(passErrorHandler())).toEqualTypeOf<Koa<Viewer, Clock>>();
expectTypeOf(own.use(middleware)).toEqualTypeOf<Koa<Viewer, Clock>>();
expectTypeOf(own.use(passMiddleware(pass, { device: (ctx) => ctx.pass.device }))).toEqualTypeOf<
  Koa<Viewer, Clock>
>();
own.use(passErrorHandler()).use((ctx) => {
  expectTypeOf(ctx.pass).toEqualTypeOf<PassClient>();
  expectTypeOf(ctx.state).toEqualTypeOf<Viewer>();
  expectTypeOf(ctx.now).toEqualTypeOf<() => number>();
  // @ts-expect-error: neither Koa nor the application has it
  void ctx.nothing;
});

const ownMiddleware = passMiddleware(pass, {
  device: (ctx: OwnContext) => ({ identifier: ctx.state.viewer + String(ctx.now()) }),
});
own.use(ownMiddleware).use((ctx) => {
  expectTypeOf(ctx.pass).toEqualTypeOf<PassClient>();
  expectTypeOf(ctx.state).branded.toEqualTypeOf<Viewer>();
  expectTypeOf(ctx.now).toEqualTypeOf<() => number>();
});
// @ts-expect-error: this application is without what the device function asks for
new Koa<object, object>().use<object, object>(ownMiddleware);

const router = new Router<Viewer, Clock>();
expectTypeOf(router.use(middleware)).toEqualTypeOf<Router<Viewer, Clock>>();
router.get('/films/:film', middleware, (ctx) => {
  expectTypeOf(ctx.pass).toEqualTypeOf<PassClient>();
  expectTypeOf(ctx.params).toEqualTypeOf<Record<string, string>>();
  expectTypeOf(ctx.state).toEqualTypeOf<Viewer>();
  expectTypeOf(ctx.now).toEqualTypeOf<() => number>();
  expectTypeOf(getPass(ctx, 'sportsPass')).toEqualTypeOf<PassClient>();
});
own.use(router.routes());

expectTypeOf<Context['pass']>().toEqualTypeOf<PassClient>();
expectTypeOf<ParameterizedContext['pass']>().toEqualTypeOf<PassClient>();
expectTypeOf<RouterContext['pass']>().toEqualTypeOf<PassClient>();
// What applications put on top of Koa's own: nobody has to give a client there, and it is not any.
expectTypeOf<DefaultContext['pass']>().toEqualTypeOf<PassClient | undefined>();
export const added: DefaultContext = { films: 3 };

// @ts-expect-error: device is required
passMiddleware(pass, {});
// @ts-expect-error: only these two
passMiddleware(pass, { device: () => undefined, authenticate: 'always' });
