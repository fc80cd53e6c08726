import { PassError } from '@pass-dcr/core';
import { fakePass, type FakeAnswers } from '@pass-dcr/core/testing';
import express, { type Express } from 'express';
import { expect, it } from 'vitest';
import { passErrorHandler, passMiddleware } from '../src/index.js';
import { ask, serve } from './serve.js'; // yours: serves on a free port

/** An application with a handler under test, and a Pass that answers what the test says. */
function appWith(answers: FakeAnswers): Express {
  const app = express();
  app.use(passMiddleware(fakePass(answers), { device: () => ({ identifier: 'tv-1' }) }));
  app.get('/api/me', (req, res, next) => {
    req.pass.profiles.all().then((profiles) => res.json({ isSignedIn: profiles.length > 0 }), next);
  });
  app.use(passErrorHandler());
  return app;
}

it('says that nobody is signed in', async () => {
  const answer = await ask(await serve(appWith({ profiles: { all: [] } })), '/api/me');
  expect(answer.json).toEqual({ isSignedIn: false });
});

it('tells what Adobe Pass refuses, and what keeps a device from a token', async () => {
  const fail = async (): Promise<never> => {
    throw new PassError('upstream_unavailable', 'Adobe Pass is away');
  };
  for (const answers of [{ profiles: { all: fail } }, { accessToken: fail }])
    expect((await ask(await serve(appWith(answers)), '/api/me')).status).toBe(502);
});
