import { SetMetadata, type CustomDecorator, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { skipKey } from './tokens.js';

const reflector = new Reflector();

/**
 * Leaves a controller or a handler without a client: `device` is not asked, and nothing is authenticated. With names,
 * only the modules of these names leave it alone.
 *
 * @example
 * @SkipPass()
 * @Get('/healthz')
 * health() { return 'ok'; }
 */
export function SkipPass(...names: string[]): CustomDecorator {
  return SetMetadata(skipKey, names);
}

export function isSkipped(context: ExecutionContext, name: string): boolean {
  const names = reflector.getAllAndOverride<readonly string[] | undefined>(skipKey, [
    context.getHandler(),
    context.getClass(),
  ]);
  return names !== undefined && (names.length === 0 || names.includes(name));
}
