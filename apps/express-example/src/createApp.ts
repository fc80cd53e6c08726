import type { Pass, PassClient } from '@pass-dcr/core';
import {
  answerError,
  authorize,
  createSignIn,
  logFailure,
  logRequest,
  platformIdIn,
  preauthorize,
  profilesView,
  providersView,
  readinessView,
  trial,
  type AppParts,
} from './service/index.js';
import { passErrorHandler, passMiddleware } from '@pass-dcr/express';
import express, { type ErrorRequestHandler, type Express } from 'express';

/** The routes that the streaming apps and the operator use. */
export function createApp(
  pass: Pass,
  { settings, deviceTokens, log }: Omit<AppParts, 'passOptions'>,
): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', settings.trustProxy);

  app.get('/healthz', (_req, res) => void res.json({ status: 'ok' }));
  app.get('/readyz', async (_req, res) => {
    const readiness = await pass.readiness();
    res.status(readiness.ready ? 200 : 503).json(readinessView(readiness));
  });

  app.use((req, res, next) => {
    logRequest(log, req, res);
    next();
  });
  // Each answer is for one device.
  app.use('/api', (_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });
  const readBody = express.json({ limit: '1kb' });
  app.post('/api/device', readBody, async (req, res) => {
    res.status(201).json(await deviceTokens.issue(platformIdIn(req.body)));
  });
  app.use('/api', passMiddleware(pass, { device: (req) => deviceTokens.deviceOf(req) }));
  app.get('/api/providers', async (req, res) => {
    res.json(providersView(await req.pass.configuration()));
  });
  app.get('/api/me', async (req, res) => {
    res.json(profilesView(await req.pass.profiles.all()));
  });
  const post = (path: string, answer: (client: PassClient, body: unknown) => Promise<object>): void => {
    app.post(path, readBody, async (req, res) => void res.json(await answer(req.pass, req.body)));
  };
  const signIn = createSignIn(settings.signInPage);
  post('/api/sign-in', signIn.begin);
  post('/api/sign-in/wait', signIn.wait);
  post('/api/second-screen', signIn.find);
  post('/api/second-screen/sign-in', signIn.resume);
  post('/api/sign-out', signIn.end);
  post('/api/preauthorize', preauthorize);
  post('/api/authorize', authorize);
  post('/api/trial', trial);

  app.use(passErrorHandler());
  app.use(((error: unknown, req, res, next) => {
    if (res.headersSent || res.destroyed) {
      next(error);
      return;
    }
    const { status, headers, body } = answerError(error);
    if (status === 500) logFailure(log, req, error);
    res.status(status).set(headers).json(body);
  }) satisfies ErrorRequestHandler);
  return app;
}
