import { mkdtempSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createPass, deviceFromHeaders } from '@pass-dcr/core';
import { passErrorHandler, passMiddleware } from '@pass-dcr/express';
import { fileCache } from '@pass-dcr/file-cache';
import express from 'express';

const pass = createPass({
  environment: 'local',
  baseUrl: process.env['PASS_BASE_URL'] ?? '',
  softwareStatement: process.env['PASS_SOFTWARE_STATEMENT'] ?? '',
  serviceProvider: 'REF30',
  application: 'tv',
  secret: 'a secret of thirty-two characters',
  cache: fileCache({ path: mkdtempSync(join(process.cwd(), 'cache-')) }),
});

const app = express();
app.use(passMiddleware(pass, { device: deviceFromHeaders() }));
app.get('/me', (req, res, next) => {
  req.pass.profiles.all().then((profiles) => res.json(profiles), next);
});
app.use(passErrorHandler());
const server = app.listen(0, () => {
  console.log(`listening on ${(server.address() as AddressInfo).port}`);
});
