import type { Pass } from '@pass-dcr/core';
import { isHangUp } from '@pass-dcr/core';
import { passErrorHandler, passMiddleware } from '@pass-dcr/express';
import { fingerprint } from '@pass-dcr/simulator';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import { deviceHeader, deviceOf } from './devices.js';
import type { HandOutLog } from './HandOutLog.js';

interface Stamps {
  readonly device: number;
  readonly startedAt: number;
  readonly startedMs: number;
}

/** A service as a broadcaster would write it, and a log of what each request was given. */
export function createApp(pass: Pass, worker: string, log: HandOutLog): Express {
  const app = express();
  const stamps = new WeakMap<Request, Stamps>();
  app.disable('x-powered-by');
  app.disable('etag');

  app.use((request, _response, next) => {
    const device = Number(request.get(deviceHeader));
    stamps.set(request, { device, startedAt: Date.now(), startedMs: performance.now() });
    next();
  });
  app.use(passMiddleware(pass, { device: (request) => deviceOf(Number(request.get(deviceHeader)), worker) }));

  const handOut = async (request: Request, response: Response): Promise<void> => {
    const found = stamps.get(request);
    // It is there: the middleware has just waited for it.
    const middlewareMs = performance.now() - (found?.startedMs ?? 0);
    const token = await request.pass.accessToken();
    const { device = -1, startedAt = 0 } = found ?? {};
    const given = { device, clientId: clientIdOf(token), token: fingerprint(token) };
    log.write({ ...given, startedAt, endedAt: Date.now(), middlewareMs });
    response.json(given);
  };

  app.get('/token', (request, response, next) => {
    handOut(request, response).catch(next);
  });
  app.get('/profiles', (request, response, next) => {
    request.pass.profiles
      .all()
      .then(() => handOut(request, response))
      .catch(next);
  });

  const noteRefusal: ErrorRequestHandler = (error: unknown, request, response, next) => {
    const { device = -1, startedAt = 0, startedMs = 0 } = stamps.get(request) ?? {};
    const middlewareMs = performance.now() - startedMs;
    const code = isHangUp(error, response) ? 'hang_up' : codeOf(error);
    log.write({ device, code, startedAt, endedAt: Date.now(), middlewareMs });
    next(error);
  };
  app.use(noteRefusal);
  app.use(passErrorHandler());
  return app;
}

/** The client id is the subject of the token, which is a JWT of the simulator. */
function clientIdOf(token: string): string {
  const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  const subject = typeof claims === 'object' && claims !== null && 'sub' in claims ? claims.sub : undefined;
  return typeof subject === 'string' ? subject : 'none';
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.name : 'object';
}
