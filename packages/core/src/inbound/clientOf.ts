import { PassError } from '../errors.js';
import { publishFailure } from '../publishFailure.js';
import { isPassClient } from '../isPassClient.js';
import type { PassClient } from '../PassClient.js';

/**
 * The client that an adapter attached to a request under the name `as`.
 * @throws PassError `middleware_missing`
 */
export function clientOf(request: object, as = 'pass'): PassClient {
  const client = (request as Record<string, unknown>)[as];
  if (isPassClient(client)) return client;
  throw publishFailure(
    new PassError(
      'middleware_missing',
      `the request has no Adobe Pass client under ${JSON.stringify(as)}: the pass middleware did not run before this handler`,
    ),
  );
}
