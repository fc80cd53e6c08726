import { clientOf, type PassClient } from '@pass-dcr/core';
import type { Request } from 'express';

/**
 * The client of a request, also under another name than `pass`, and also where it is not certain that the middleware ran.
 * @throws PassError `middleware_missing`
 *
 * @example
 * const client = getPass(req, 'sportsPass');
 */
export function getPass(request: Request, as?: string): PassClient {
  return clientOf(request, as);
}
