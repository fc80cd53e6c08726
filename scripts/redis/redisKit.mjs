import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const entry = new URL('../../apps/redis-kit/dist/index.js', import.meta.url);

/** @typedef {typeof import('../../apps/redis-kit/src/index.ts')} RedisKit */

/** The kit that starts servers, as built: these scripts are no package that could depend on one. */
export async function redisKit() {
  if (!existsSync(entry))
    throw new Error(`${fileURLToPath(entry)} does not exist: "npm run build" makes it.`);
  return /** @type {RedisKit} */ (await import(entry.href));
}
