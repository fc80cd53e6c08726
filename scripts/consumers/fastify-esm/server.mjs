import { createPass, deviceFromHeaders, memoryCache } from '@pass-dcr/core';
import { passErrorHandler, passPlugin } from '@pass-dcr/fastify';
import fastify from 'fastify';

const pass = createPass({
  environment: 'local',
  baseUrl: process.env.PASS_BASE_URL,
  softwareStatement: process.env.PASS_SOFTWARE_STATEMENT,
  serviceProvider: 'REF30',
  cache: memoryCache(),
});

const app = fastify();
app.register(passPlugin, { pass, device: deviceFromHeaders() });
app.setErrorHandler(passErrorHandler());
app.get('/me', async (request) => await request.pass.profiles.all());
await app.listen({ port: 0 });
console.log(`listening on ${app.server.address().port}`);
