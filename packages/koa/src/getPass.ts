import { clientOf, type PassClient } from '@pass-dcr/core';
import type { ExtendableContext } from 'koa';

/**
 * The client of a request, also under another name than `pass`, and also where it is not certain that the middleware ran.
 * @throws PassError `middleware_missing`
 *
 * @example
 * const client = getPass(ctx, 'sportsPass');
 */
export function getPass(context: ExtendableContext, as?: string): PassClient {
  return clientOf(context, as);
}
