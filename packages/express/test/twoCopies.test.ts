import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type * as Core from '@pass-dcr/core';
import { deviceFromHeaders } from '@pass-dcr/core';
import { startSimulator, tv } from '@pass-dcr/test-kit';
import express from 'express';
import { expect, it, onTestFinished } from 'vitest';
import { getPass, passErrorHandler, passMiddleware } from '../src/index.js';
import { ask, serve } from './serve.js';

/** The CommonJS build, as Node loads it for `require`; the middleware under test uses the source. */
function commonJsCore(): typeof Core {
  const file = fileURLToPath(new URL('../../core/dist/cjs/index.js', import.meta.url));
  if (!existsSync(file))
    throw new Error('This test needs the build of @pass-dcr/core, as npm test makes it.');
  return createRequire(import.meta.url)(file) as typeof Core;
}

it('a Pass of the CommonJS copy works in a middleware of the other copy', async () => {
  const core = commonJsCore();
  expect(core.deviceFromHeaders).not.toBe(deviceFromHeaders);
  const simulator = await startSimulator();
  const pass = core.createPass({
    environment: 'local',
    baseUrl: simulator.url,
    serviceProvider: 'REF30',
    softwareStatement: simulator.issueSoftwareStatement({ application: 'tv' }),
    cache: core.memoryCache(),
  });
  onTestFinished(async () => await pass.close());
  const app = express();
  app.use(
    passMiddleware(pass, { device: deviceFromHeaders() }),
    passMiddleware(pass, { device: deviceFromHeaders() }),
  );
  app.get('/me', (req, res, next) => {
    getPass(req)
      .profiles.all()
      .then((profiles) => res.json(profiles), next);
  });
  app.use(passErrorHandler());
  const served = await serve(app);
  expect(await ask(served, '/me', { headers: tv })).toMatchObject({ status: 200, json: [] });
  expect(await ask(served, '/me')).toMatchObject({ status: 400, json: { code: 'device_missing' } });
});
