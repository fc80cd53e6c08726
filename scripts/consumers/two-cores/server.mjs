import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
// Nested in this folder; the adapter uses the one that it was installed beside.
import { createPass, deviceFromHeaders, isPassError, memoryCache, PassError } from '@pass-dcr/core';
import { passErrorHandler, passMiddleware } from '@pass-dcr/express';
import express from 'express';

const require = createRequire(import.meta.url);
const adaptersRequire = createRequire(require.resolve('@pass-dcr/express'));
const other = adaptersRequire('@pass-dcr/core');
assert.notEqual(other.PassError, PassError, 'this consumer needs two copies of core');

const pass = createPass({
  environment: 'local',
  baseUrl: process.env.PASS_BASE_URL,
  softwareStatement: process.env.PASS_SOFTWARE_STATEMENT,
  serviceProvider: 'REF30',
  cache: memoryCache(),
});
const app = express();
app.use(passMiddleware(pass, { device: deviceFromHeaders() }));
app.get('/me', async (req, res) => {
  res.json(await req.pass.profiles.all());
});
app.use((error, _req, _res, next) => {
  assert(isPassError(error) && other.isPassError(error), 'a PassError is not recognised by the other copy');
  next(error);
});
app.use(passErrorHandler());
for (const [name, raised, recognise] of [
  ['nested', new PassError('option_invalid', 'x'), other.isPassError],
  ['hoisted', new other.PassError('option_invalid', 'x'), isPassError],
])
  assert(recognise(raised), `the ${name} copy's PassError is not recognised by the other copy`);
const server = app.listen(0, () => console.log(`listening on ${server.address().port}`));
