// Every package by import and by require, which have to be one copy; and an answer with no framework at all.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { createPass, deviceFromHeaders, memoryCache, PassError, toProblem } from '@pass-dcr/core';

const require = createRequire(import.meta.url);
const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const ours = Object.keys(dependencies).filter((name) => name.startsWith('@pass-dcr/'));
assert(ours.length >= 8, `only ${ours.join(', ')} are installed`);
for (const name of [...ours, '@pass-dcr/core/testing']) {
  const { default: _default, 'module.exports': _exports, ...imported } = await import(name);
  const required = require(name);
  assert.deepEqual(Object.keys(imported).toSorted(), Object.keys(required).toSorted(), name);
  for (const key of Object.keys(imported))
    assert.equal(imported[key], required[key], `${name} has two copies of ${key}`);
}

const pass = createPass({
  environment: 'local',
  baseUrl: process.env.PASS_BASE_URL,
  softwareStatement: process.env.PASS_SOFTWARE_STATEMENT,
  serviceProvider: 'REF30',
  cache: memoryCache(),
});

async function profilesOf(request) {
  const device = deviceFromHeaders()(request);
  if (device === undefined) throw new PassError('device_missing', 'The request names no device.');
  return await pass.client(device).profiles.all();
}

const server = createServer((request, response) => {
  profilesOf(request).then(
    (profiles) => response.writeHead(200).end(JSON.stringify(profiles)),
    (error) => {
      const { status, headers, body } = toProblem(error);
      response.writeHead(status, headers).end(JSON.stringify(body));
    },
  );
});
server.listen(0, () => console.log(`listening on ${server.address().port}`));
