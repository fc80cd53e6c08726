import { passErrorHandler, passMiddleware } from '@pass-dcr/koa';
import Koa from 'koa';
import { pass } from './pass.js'; // createPass(), as above
import { verifyDeviceToken } from './verifyDeviceToken.js'; // yours
const app = new Koa({ proxy: true, maxIpsCount: 1 });
app.use(passErrorHandler());
app.use(passMiddleware(pass, { device: (ctx) => verifyDeviceToken(ctx.headers.authorization) }));
app.use(async (ctx) => void (ctx.body = await ctx.pass.profiles.all()));
app.listen(3000);
