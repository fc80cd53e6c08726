import { createPass, deviceFromHeaders, memoryCache } from '@pass-dcr/core';
import { passErrorHandler, passMiddleware } from '@pass-dcr/koa';
import Koa from 'koa';

const pass = createPass({
  environment: 'local',
  baseUrl: process.env.PASS_BASE_URL,
  softwareStatement: process.env.PASS_SOFTWARE_STATEMENT,
  serviceProvider: 'REF30',
  cache: memoryCache(),
});

const app = new Koa();
app.silent = true;
app.use(passErrorHandler());
app.use(passMiddleware(pass, { device: deviceFromHeaders() }));
app.use(async (ctx) => {
  if (ctx.path === '/me') ctx.body = await ctx.pass.profiles.all();
});
const server = app.listen(0, () => console.log(`listening on ${server.address().port}`));
