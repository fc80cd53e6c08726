const { createPass, deviceFromHeaders, memoryCache } = require('@pass-dcr/core');
const { passErrorHandler, passPlugin } = require('@pass-dcr/fastify');
const fastify = require('fastify');

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
app.listen({ port: 0 }).then(() => console.log(`listening on ${app.server.address().port}`));
