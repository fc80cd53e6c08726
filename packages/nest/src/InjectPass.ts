import { Inject } from '@nestjs/common';
import { passToken } from './tokens.js';

/**
 * Injects the `Pass` of the `PassModule` of a name.
 *
 * @example
 * constructor(@InjectPass('sports') private readonly sports: Pass) {}
 */
export function InjectPass(name?: string): PropertyDecorator & ParameterDecorator {
  return Inject(passToken(name));
}
