import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { PassError, type PassClient } from '@pass-dcr/core';
import { clientKey, defaultName, wantedKey } from './tokens.js';

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

/** A handler's wish, checked when the application starts. */
export interface WantedClient {
  readonly handler: string;
  readonly name: string;
}

interface Wishing {
  [wantedKey]?: readonly WantedClient[];
}

const Client = createParamDecorator((name: string, context: ExecutionContext): PassClient => {
  if (context.getType() === 'http') return getPass(context.switchToHttp().getRequest<object>(), name);
  throw new PassError(
    'middleware_missing',
    `@Pass() is for HTTP handlers, and this is one of ${context.getType()}: use PassService, whose client(device) needs no request`,
  );
});

/**
 * The Adobe Pass client of the device that sent the request, as a parameter of a handler of the type `PassClient`.
 * With a name: that of the `PassModule` of this name.
 *
 * @example
 * @Get('/me')
 * me(@Pass() pass: PassClient) { return pass.profiles.all(); }
 */
export function Pass(name: string = defaultName): ParameterDecorator {
  return (target, handler, index) => {
    const controller = target.constructor as Wishing;
    // A controller inherits the list of the one that it extends, and must not add to it.
    controller[wantedKey] = [...(controller[wantedKey] ?? []), { handler: String(handler), name }];
    Client(name)(target, handler, index);
  };
}

export function wantedClients(controller: object): readonly WantedClient[] {
  return (controller as Wishing)[wantedKey] ?? [];
}
