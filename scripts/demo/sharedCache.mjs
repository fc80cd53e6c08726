import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { howToInstall } from '../redis/decideRedis.mjs';
import { redisKit } from '../redis/redisKit.mjs';
import { atEnd } from './programs.mjs';

/** @typedef {import('../../apps/redis-kit/src/index.ts').RedisServer} RedisServer */

/**
 * What tells services where their cache is, and the Redis that this has started.
 * @param {import('./readArguments.mjs').CacheKind} kind
 * @param {string} folder
 * @returns {Promise<{ env: Record<string, string>, redis: RedisServer | undefined }>}
 */
export async function startSharedCache(kind, folder) {
  switch (kind) {
    case 'file':
      return { env: { PASS_CACHE_PATH: join(folder, 'cache') }, redis: undefined };
    case 'redis': {
      const redis = await startOwnRedis(folder);
      return { env: { REDIS_URL: redis.url }, redis };
    }
  }
}

/** @param {string} folder */
async function startOwnRedis(folder) {
  const { findRedisServer, startRedis } = await redisKit();
  if (findRedisServer() === undefined) {
    const hint = howToInstall(process.platform, existsSync('/etc/debian_version'));
    throw new Error(
      `--cache redis needs redis-server or valkey-server, on PATH or in REDIS_SERVER. To have one: ${hint}.`,
    );
  }
  const redis = await startRedis({ dir: join(folder, 'redis'), appendOnly: true });
  atEnd(async () => await redis.stop());
  return redis;
}
