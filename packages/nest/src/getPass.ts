import { PassError, type PassClient } from '@pass-dcr/core';
import { clientKey, defaultName } from './tokens.js';

declare global {
  namespace Express {
    interface Request {
      /** Adobe Pass for the device that sent this request. */
      readonly pass: PassClient;
    }
  }
}

/**
 * The client of a request of Express or Fastify, for guards, interceptors and filters; handlers have `@Pass()`.
 * @throws PassError `middleware_missing`
 *
 * @example
 * const client = getPass(context.switchToHttp().getRequest(), 'sports');
 */
export function getPass(request: object, name: string = defaultName): PassClient {
  const client = (request as Record<symbol, PassClient | undefined>)[clientKey(name)];
  if (client !== undefined) return client;
  throw new PassError(
    'middleware_missing',
    `the request has no Adobe Pass client ${JSON.stringify(name)}: no PassModule of that name is imported, ` +
      '@SkipPass() or routes: "guarded" keep it from this route, or it was asked for before the guards of PassModule ran',
  );
}
