import { PassError } from '@pass-dcr/core';
import { fakePass, type FakeAnswers } from '@pass-dcr/core/testing';
import fastify, { type FastifyInstance } from 'fastify';
import { expect, it } from 'vitest';
import { passErrorHandler, passPlugin } from '../src/index.js';

/** A server with a handler under test, and a Pass that answers what the test says. */
function appWith(answers: FakeAnswers): FastifyInstance {
  const app = fastify();
  app.setErrorHandler(passErrorHandler());
  app.register(passPlugin, { pass: fakePass(answers), device: () => ({ identifier: 'tv-1' }) });
  app.get('/api/me', async (request) => {
    const profiles = await request.pass.profiles.all();
    return { isSignedIn: profiles.length > 0 };
  });
  return app;
}

it('says that nobody is signed in', async () => {
  const answer = await appWith({ profiles: { all: [] } }).inject('/api/me');
  expect(answer.json()).toEqual({ isSignedIn: false });
});

it('tells what Adobe Pass refuses, and what keeps a device from a token', async () => {
  const fail = async (): Promise<never> => {
    throw new PassError('upstream_unavailable', 'Adobe Pass is away');
  };
  for (const answers of [{ profiles: { all: fail } }, { accessToken: fail }])
    expect((await appWith(answers).inject('/api/me')).statusCode).toBe(502);
});
