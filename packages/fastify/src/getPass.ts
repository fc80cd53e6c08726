import { clientOf, type PassClient } from '@pass-dcr/core';
import type { FastifyRequest, RawServerBase, RouteGenericInterface } from 'fastify';

/**
 * The client of a request, also under another name than `pass`, and also where it is not certain that the plugin serves
 * the route.
 * @throws PassError `middleware_missing`
 *
 * @example
 * const client = getPass(request, 'sportsPass');
 */
export function getPass(
  request: FastifyRequest<RouteGenericInterface, RawServerBase>,
  as?: string,
): PassClient {
  return clientOf(request, as);
}
