import type { AddressInfo } from 'node:net';
import { deviceFromHeaders, memoryCache, type Pass } from '@pass-dcr/core';
import { createPassWith, fakePass, timingForTests } from '@pass-dcr/core/testing';
import { passErrorHandler, passMiddleware } from '@pass-dcr/express';
import express from 'express';

export const fake: Pass = fakePass({ profiles: { all: [] } });
const pass = createPassWith(
  {
    environment: 'local',
    baseUrl: process.env['PASS_BASE_URL'] ?? '',
    softwareStatement: process.env['PASS_SOFTWARE_STATEMENT'] ?? '',
    serviceProvider: 'REF30',
    cache: memoryCache(),
  },
  { timing: timingForTests },
);

const app = express();
app.use(passMiddleware(pass, { device: deviceFromHeaders() }));
app.get('/me', (req, res, next) => {
  req.pass.profiles.all().then((profiles) => res.json(profiles), next);
});
app.use(passErrorHandler());
const server = app.listen(0, () => {
  console.log(`listening on ${(server.address() as AddressInfo).port}`);
});
