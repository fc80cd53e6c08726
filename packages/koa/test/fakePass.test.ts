import { PassError } from '@pass-dcr/core';
import { fakePass, type FakeAnswers } from '@pass-dcr/core/testing';
import Koa from 'koa';
import { expect, it } from 'vitest';
import { passErrorHandler, passMiddleware } from '../src/index.js';
import { serve } from './serve.js'; // yours: serves on a free port

/** An application with a handler under test, and a Pass that answers what the test says. */
function appWith(answers: FakeAnswers): Koa {
  const app = new Koa();
  app.silent = true;
  app.use(passErrorHandler());
  app.use(passMiddleware(fakePass(answers), { device: () => ({ identifier: 'tv-1' }) }));
  app.use(async (ctx) => {
    const profiles = await ctx.pass.profiles.all();
    ctx.body = { isSignedIn: profiles.length > 0 };
  });
  return app;
}

it('says that nobody is signed in', async () => {
  const answer = await fetch(await serve(appWith({ profiles: { all: [] } })));
  expect(await answer.json()).toEqual({ isSignedIn: false });
});

it('tells what Adobe Pass refuses, and what keeps a device from a token', async () => {
  const fail = async (): Promise<never> => {
    throw new PassError('upstream_unavailable', 'Adobe Pass is away');
  };
  for (const answers of [{ profiles: { all: fail } }, { accessToken: fail }])
    expect((await fetch(await serve(appWith(answers)))).status).toBe(502);
});
