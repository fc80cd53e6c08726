const { createPass, deviceFromHeaders, memoryCache } = require('@pass-dcr/core');
const { passErrorHandler, passMiddleware } = require('@pass-dcr/express');
const express = require('express');

const pass = createPass({
  environment: 'local',
  baseUrl: process.env.PASS_BASE_URL,
  softwareStatement: process.env.PASS_SOFTWARE_STATEMENT,
  serviceProvider: 'REF30',
  cache: memoryCache(),
});

const app = express();
app.use(passMiddleware(pass, { device: deviceFromHeaders() }));
app.get('/me', (req, res, next) => {
  // Express 4 does not look at what a handler returns.
  req.pass.profiles.all().then((profiles) => res.json(profiles), next);
});
app.use(passErrorHandler());
const server = app.listen(0, () => console.log(`listening on ${server.address().port}`));
