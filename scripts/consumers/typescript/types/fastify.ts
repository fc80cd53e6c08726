import type { Pass, PassClient } from '@pass-dcr/core';
import { getPass, passErrorHandler, passPlugin } from '@pass-dcr/fastify';
import fastify, { type FastifyRequest } from 'fastify';
import { expectType } from './expectType.js';

export function uses(pass: Pass): void {
  const app = fastify();
  app.register(passPlugin, {
    pass,
    device(request) {
      expectType<FastifyRequest>()(request);
      return { identifier: request.id };
    },
  });
  app.setErrorHandler(passErrorHandler());
  app.get<{ Params: { film: string } }>('/films/:film', async (request) => {
    expectType<string>()(request.params.film);
    expectType<PassClient>()(request.pass);
    expectType<PassClient>()(getPass(request, 'sports'));
    // @ts-expect-error: no client has it
    request.pass.nothing();
    // @ts-expect-error: the plugin sets it, nobody else
    request.pass = getPass(request);
  });
  // @ts-expect-error: device is required
  app.register(passPlugin, { pass });
}
