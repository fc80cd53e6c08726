import { PassError, type PassCache } from '@pass-dcr/core';
import { failureOf } from './failureOf.js';
import type { RedisCacheOptions } from './RedisCacheOptions.js';
import { RedisLink } from './RedisLink.js';
import { RedisStore } from './RedisStore.js';
import { resolveOptions } from './resolveOptions.js';

/**
 * A cache in Redis or Valkey, shared by every server that uses it.
 *
 * Takes a client that you have made and connected, of ioredis, iovalkey, redis (node-redis) or @valkey/valkey-glide,
 * single, Sentinel or Cluster; it is neither configured nor closed.
 *
 * @throws PassError `option_invalid`
 * @example
 * const cache = redisCache({ client: new Redis({ host: 'redis.internal' }) });
 */
export function redisCache(options: RedisCacheOptions): PassCache {
  const { driver, reader, readTimeoutMs, swapTimeoutMs } = resolveOptions(options);
  const now = (): number => performance.now();
  const link = new RedisLink(driver, now);
  const readerLink = reader === undefined ? undefined : new RedisLink(reader, now);
  const store = new RedisStore(link, readerLink);
  let isOpen = true;
  const assertOpen = (): void => {
    if (!isOpen)
      throw new PassError('cache_unavailable', 'redisCache: the cache is closed.', { retryable: false });
  };

  return {
    scope: 'shared',

    async read(keys, { strong = false, timeoutMs = readTimeoutMs } = {}) {
      assertOpen();
      const limitMs = Math.min(readTimeoutMs, timeoutMs);
      try {
        return strong ? await store.readStrong(keys, limitMs) : await store.read(keys, limitMs);
      } catch (error) {
        throw unavailable('read', error);
      }
    },

    async swap(key, expected, next, { timeoutMs = swapTimeoutMs } = {}) {
      assertOpen();
      try {
        return await store.swap(key, expected, next, Math.min(swapTimeoutMs, timeoutMs));
      } catch (error) {
        throw unavailable('written', error);
      }
    },

    onReconnect(listener) {
      return link.reconnects.subscribe(listener);
    },

    async close() {
      isOpen = false;
      link.close();
      readerLink?.close();
    },
  };
}

/** Without the driver's error as its cause, which holds addresses, or the command with its keys and values. */
function unavailable(done: 'read' | 'written', error: unknown): PassError {
  return new PassError(
    'cache_unavailable',
    `redisCache: the cache could not be ${done}: ${failureOf(error).message}.`,
  );
}
