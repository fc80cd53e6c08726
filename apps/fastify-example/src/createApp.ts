import type { Pass, PassClient } from '@pass-dcr/core';
import {
  answerError,
  authorize,
  createSignIn,
  logFailure,
  logRequest,
  preauthorize,
  profilesView,
  providersView,
  readinessView,
  RequestError,
  trial,
  type AppParts,
} from './service/index.js';
import { passErrorHandler, passPlugin } from '@pass-dcr/fastify';
import {
  fastify,
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
} from 'fastify';
import { trustedProxies } from './trustedProxies.js';

/** The routes that the streaming apps and the operator use. */
export function createApp(
  pass: Pass,
  { settings, deviceTokens, log }: Omit<AppParts, 'passOptions'>,
): FastifyInstance {
  const loggerInstance: FastifyBaseLogger = log;
  const app = fastify({
    trustProxy: trustedProxies(settings.trustProxy),
    loggerInstance,
    // Its lines have the query, which can hold tokens; so has the one of its own handler for 404.
    logController: new LogController({ disableRequestLogging: true }),
  });
  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const refused = error.validation === undefined ? error : new RequestError(400, error.message);
    const { status, headers, body } = answerError(refused);
    if (status === 500) logFailure(log, request, error);
    return await reply.code(status).headers(headers).send(body);
  });
  app.setNotFoundHandler(async (_request, reply) => {
    return await reply.code(404).send({ title: 'There is no such route.', status: 404 });
  });

  app.addHook('onRequest', async (request, reply) => logRequest(request.log, request, reply.raw));
  app.get('/healthz', { logLevel: 'silent' }, async () => ({ status: 'ok' }));
  app.get('/readyz', { logLevel: 'silent' }, async (_request, reply) => {
    const readiness = await pass.readiness();
    return await reply.code(readiness.ready ? 200 : 503).send(readinessView(readiness));
  });

  app.register(
    async (api) => {
      // Each answer is for one device.
      api.addHook('onRequest', async (_request, reply) => void reply.header('Cache-Control', 'no-store'));
      api.post<DeviceRoute>('/device', deviceRoute, async (request, reply) => {
        return await reply.code(201).send(await deviceTokens.issue(request.body?.platformId));
      });
      // A scope of its own, because a device has no token while it asks for one.
      api.register(async (devices) => {
        await devices.register(passPlugin, { pass, device: (request) => deviceTokens.deviceOf(request) });
        devices.setErrorHandler(passErrorHandler());
        devices.get('/providers', async (request) => providersView(await request.pass.configuration()));
        devices.get('/me', async (request) => profilesView(await request.pass.profiles.all()));
        const post = (path: string, answer: (client: PassClient, body: unknown) => Promise<object>): void => {
          devices.post(
            path,
            { bodyLimit: 1_024 },
            async ({ pass: client, body }) => await answer(client, body),
          );
        };
        const signIn = createSignIn(settings.signInPage);
        post('/sign-in', signIn.begin);
        post('/sign-in/wait', signIn.wait);
        post('/second-screen', signIn.find);
        post('/second-screen/sign-in', signIn.resume);
        post('/sign-out', signIn.end);
        post('/preauthorize', preauthorize);
        post('/authorize', authorize);
        post('/trial', trial);
      });
    },
    { prefix: '/api' },
  );
  return app;
}

interface DeviceRoute {
  Body: { readonly platformId?: string } | null;
}

const deviceRoute = {
  bodyLimit: 1_024,
  schema: {
    body: {
      type: 'object',
      nullable: true,
      properties: { platformId: { type: 'string', pattern: '^.{8,256}$' } },
    },
  },
};
