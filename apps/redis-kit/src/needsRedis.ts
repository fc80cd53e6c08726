import { findRedisServer } from './findRedisServer.js';

/** Why tests are left out where there is no server. `npm test` finds them by it. */
export const redisMissing = 'needs redis-server or valkey-server, on PATH or in REDIS_SERVER';

type Env = Readonly<Record<string, string | undefined>>;

interface Describe {
  (name: string, body: () => void): unknown;
  readonly skip: (name: string, body: () => void) => unknown;
}

/**
 * A `describe` for tests that need a server. Where there is none they are counted as skipped and named with the reason;
 * with `CI=true` they run, and fail. The servers are started in `beforeAll` or in a test: the body runs in any case.
 */
export function needsRedis(
  describe: Describe,
  env: Env = process.env,
): (name: string, body: () => void) => void {
  const runs = env['CI'] === 'true' || findRedisServer(env) !== undefined;
  return (name, body) => {
    if (runs) describe(name, body);
    else describe.skip(`${name} (${redisMissing})`, body);
  };
}
