import type { Pass, PassClient, Profile } from '@pass-dcr/core';
import { deviceFromHeaders } from '@pass-dcr/core';
import fastify, { type FastifyRequest, type FastifyTypeProvider } from 'fastify';
import { expectTypeOf } from 'vitest';
import { getPass, passErrorHandler, passPlugin } from '../src/index.js';

// Compiled, never run: the compiler is the test.

declare const pass: Pass;

const app = fastify();
app.register(passPlugin, {
  pass,
  device(request) {
    expectTypeOf(request).toEqualTypeOf<FastifyRequest>();
    expectTypeOf(request.headers.authorization).toEqualTypeOf<string | undefined>();
    return { identifier: request.id };
  },
});
app.register(passPlugin, () => ({ pass, device: deviceFromHeaders(), as: 'sports' }));
app.setErrorHandler(passErrorHandler());
app.get('/', async (request) => {
  expectTypeOf(request.pass).toEqualTypeOf<PassClient>();
  expectTypeOf(request.pass.profiles.all()).resolves.toEqualTypeOf<readonly Profile[]>();
  expectTypeOf(getPass(request, 'sports')).toEqualTypeOf<PassClient>();
  // @ts-expect-error: no client has it, so the property is not any
  request.pass.nothing();
  // @ts-expect-error: the plugin sets it, nobody else
  request.pass = getPass(request, 'sports');
});

// The types of a request stay what the route says.
app.get<{ Params: { id: string }; Querystring: { page: number } }>('/films/:id', async (request) => {
  expectTypeOf(request.params).toEqualTypeOf<{ id: string }>();
  expectTypeOf(request.query.page).toEqualTypeOf<number>();
  expectTypeOf(request.body).toEqualTypeOf<unknown>();
  expectTypeOf(request.pass).toEqualTypeOf<PassClient>();
  expectTypeOf(getPass(request)).toEqualTypeOf<PassClient>();
});

/** What a type provider does, without one of the packages that bring one. */
interface ConstProvider extends FastifyTypeProvider {
  readonly validator: this['schema'] extends { readonly const: infer Value } ? Value : never;
}

const typed = fastify().withTypeProvider<ConstProvider>();
typed.register(passPlugin, { pass, device: () => undefined });
typed.setErrorHandler(passErrorHandler());
typed.get('/', { schema: { querystring: { const: { page: 1 } } } as const }, async (request) => {
  expectTypeOf(request.query.page).toEqualTypeOf<1>();
  expectTypeOf(request.pass).toEqualTypeOf<PassClient>();
  expectTypeOf(getPass(request)).toEqualTypeOf<PassClient>();
});

const http2 = fastify({ http2: true });
http2.register(passPlugin, { pass, device: deviceFromHeaders() });
http2.setErrorHandler(passErrorHandler());
http2.get('/', async (request) => {
  expectTypeOf(request.pass).toEqualTypeOf<PassClient>();
  expectTypeOf(getPass(request)).toEqualTypeOf<PassClient>();
});

app.setErrorHandler(async (error, request, reply) => {
  expectTypeOf(error).toEqualTypeOf<unknown>();
  return passErrorHandler()(error, request, reply);
});

// @ts-expect-error: device is required
app.register(passPlugin, { pass });
// @ts-expect-error: pass is required
app.register(passPlugin, { device: () => undefined });
// @ts-expect-error: only these two
app.register(passPlugin, { pass, device: () => undefined, authenticate: 'always' });
// @ts-expect-error: pass is an option here, not the second argument
app.register(passPlugin, pass, { device: () => undefined });
