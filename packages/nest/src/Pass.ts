import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { PassError, type PassClient } from '@pass-dcr/core';
import { getPass } from './getPass.js';
import { defaultName, wantedKey } from './tokens.js';

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
