import { passErrorHandler, passPlugin } from '@pass-dcr/fastify';
import fastify from 'fastify';
import { pass } from './pass.js'; // createPass(), as above
import { verifyDeviceToken } from './verifyDeviceToken.js'; // yours
const app = fastify({ trustProxy: 'loopback, 10.0.0.0/8' });
app.setErrorHandler(passErrorHandler());
app.register(passPlugin, { pass, device: (req) => verifyDeviceToken(req.headers.authorization) });
app.get('/api/me', async (req) => await req.pass.profiles.all());
await app.listen({ port: 3000 });
