import { parseDeviceInfoHeader, type Device, type Pass } from '@pass-dcr/core';
import { passErrorHandler, passMiddleware } from '@pass-dcr/express';
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import { DeviceTokenError, type DeviceTokens } from './deviceTokens.js';
import { logError, logRequests } from './logging.js';
import type { Settings } from './settings.js';

export interface AppParts {
  readonly pass: Pass;
  readonly deviceTokens: DeviceTokens;
  readonly log: Logger;
}

/** The routes that the streaming apps and the operator use. */
export function createApp(
  { trustProxy }: Pick<Settings, 'trustProxy'>,
  { pass, deviceTokens, log }: AppParts,
): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', trustProxy);

  app.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' });
  });
  app.get('/readyz', (_req, res, next) => {
    pass.readiness().then((readiness) => res.status(readiness.ready ? 200 : 503).json(readiness), next);
  });

  app.use(logRequests(log));
  app.post('/api/device', express.json({ limit: '1kb' }), issueDeviceToken(deviceTokens));
  app.use('/api', passMiddleware(pass, { device: (req) => verifiedDevice(deviceTokens, req) }));
  app.get('/api/providers', providers);
  app.get('/api/me', me);

  app.use(passErrorHandler());
  app.use(answerDeviceTokenError);
  app.use(logError(log));
  return app;
}

/** Who the device is comes from the token alone; what it is, from its own description. */
async function verifiedDevice(deviceTokens: DeviceTokens, request: Request): Promise<Device | undefined> {
  const identifier = await deviceTokens.verify(request.get('authorization'));
  const info = request.get('x-device-info');
  if (identifier === undefined) return undefined;
  return { identifier, info: info === undefined ? undefined : parseDeviceInfoHeader(info) };
}

function issueDeviceToken(deviceTokens: DeviceTokens): RequestHandler {
  return (req, res, next) => {
    const { platformId } = (req.body ?? {}) as { readonly platformId?: unknown };
    if (platformId !== undefined && (typeof platformId !== 'string' || !/^.{8,256}$/.test(platformId))) {
      res.status(400).json({ title: 'platformId must be text of 8 to 256 characters.', status: 400 });
      return;
    }
    deviceTokens
      .issue(platformId)
      .then((issued) => res.status(201).set('Cache-Control', 'no-store').json(issued), next);
  };
}

/** The providers that a viewer can pick. */
const providers: RequestHandler = (req, res, next) => {
  req.pass
    .configuration()
    .then(({ serviceProvider, mvpds }) => {
      const shown = mvpds.filter(({ isTempPass }) => !isTempPass);
      res.json({
        serviceProvider,
        providers: shown.map(({ id, displayName, logoUrl }) => ({ id, displayName, logoUrl })),
      });
    })
    .catch(next);
};

/** Whether somebody is signed in on this device, and with whom. */
const me: RequestHandler = (req, res, next) => {
  req.pass.profiles
    .all()
    .then((profiles) =>
      res.json({ profiles: profiles.map(({ mvpd, type, notAfter }) => ({ mvpd, type, notAfter })) }),
    )
    .catch(next);
};

const answerDeviceTokenError: ErrorRequestHandler = (error: unknown, _req, res, next) => {
  if (!(error instanceof DeviceTokenError)) {
    next(error);
    return;
  }
  res.writeHead(error.status, {
    'Content-Type': 'application/problem+json',
    'WWW-Authenticate': 'Bearer error="invalid_token"',
  });
  res.end(JSON.stringify({ title: error.message, status: error.status }));
};
