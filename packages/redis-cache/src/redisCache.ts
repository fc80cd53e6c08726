import { isPassError, PassError, type CacheFinding, type PassCache } from '@pass-dcr/core';
import { checkRedis } from './findings/checkRedis.js';
import { failureOf } from './failureOf.js';
import { listKeys } from './listKeys.js';
import type { RedisCacheOptions } from './RedisCacheOptions.js';
import { RedisFailure } from './RedisFailure.js';
import { RedisLink } from './link/RedisLink.js';
import { RedisStore, type Replication } from './RedisStore.js';
import { ReplicatedWrites } from './replication/ReplicatedWrites.js';
import { resolveOptions, type ResolvedOptions } from './resolveOptions.js';
import { ShortWaits } from './replication/ShortWaits.js';
import { errorFindings, warnOfErrors } from './findings/warnOfErrors.js';

/**
 * A cache in Redis or Valkey, shared by every server that uses it.
 *
 * Takes a client that you have made and connected, of ioredis, iovalkey, redis (node-redis) or @valkey/valkey-glide,
 * single, Sentinel or Cluster; it is neither configured nor closed. Calls end in time whatever the client does; after five
 * that were not answered, Redis is asked once a second until it answers.
 *
 * @throws PassError `option_invalid`; later, from its methods, `cache_unavailable`
 * @example
 * const cache = redisCache({ client: new Redis({ host: 'redis.internal' }) });
 */
export function redisCache(options: RedisCacheOptions): PassCache {
  const resolved = resolveOptions(options);
  const { driver, reader, readTimeoutMs, swapTimeoutMs } = resolved;
  const now = (): number => performance.now();
  const link = new RedisLink(driver, now);
  const readerLink = reader === undefined ? undefined : new RedisLink(reader, now);
  const shortWaits = new ShortWaits(resolved.replicas, now);
  const replication = replicationOf(resolved, shortWaits);
  const store = new RedisStore(link, readerLink, replication);
  const warnOnce = warnOfErrors(reader === undefined ? [driver] : [driver, reader]);
  let isOpen = true;
  const assertOpen = (): void => {
    if (!isOpen)
      throw new PassError('cache_unavailable', 'redisCache: the cache is closed', { retryable: false });
    warnOnce();
  };

  const cache: PassCache = {
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

    async check() {
      if (!isOpen) return [closedFinding];
      const [ofPrimaries, ofReader] = await Promise.all([
        checkRedis(link, swapTimeoutMs),
        readerLink === undefined ? [] : checkReader(readerLink, readTimeoutMs),
      ]);
      return [...ofPrimaries, ...ofReader, ...errorFindings(driver), ...shortWaits.findings()];
    },

    onReconnect: (listener) => link.reconnects.subscribe(listener),

    async close() {
      isOpen = false;
      link.close();
      readerLink?.close();
      replication?.writes.close();
    },
  };
  if (!driver.knowsAllPrimaries) return cache;
  return {
    ...cache,
    async *keys(prefix) {
      try {
        assertOpen();
        for await (const keys of listKeys(link, prefix, swapTimeoutMs)) {
          yield keys;
          assertOpen();
        }
      } catch (error) {
        throw isPassError(error) ? error : unavailable('listed', error);
      }
    },
  };
}

const closedFinding: CacheFinding = {
  level: 'error',
  code: 'redis_unreachable',
  message: 'The cache is closed.',
};

function replicationOf(
  { driver, replicas, onShortWait, swapTimeoutMs }: ResolvedOptions,
  shortWaits: ShortWaits,
): Replication | undefined {
  const open = driver.openConnection;
  if (replicas === 0 || open === undefined) return undefined;
  // Of two WAITs in a row, the time of a write that comes during the first must suffice for both.
  const waitMs = Math.max(1, Math.floor(swapTimeoutMs / 4));
  return {
    writes: new ReplicatedWrites({ open, replicas, waitMs, limitMs: swapTimeoutMs }),
    replicas,
    onShortWait(confirmed) {
      shortWaits.add();
      if (onShortWait === 'warn') return shortWaits.warn(confirmed);
      throw new RedisFailure(
        'refused',
        `the primary has stored it, but only ${confirmed} of ${replicas} replicas confirmed it in time`,
      );
    },
  };
}

async function checkReader(link: RedisLink, limitMs: number): Promise<readonly CacheFinding[]> {
  try {
    await link.ask(
      limitMs,
      async (driver) => await driver.send('pass-dcr:check', true, ['MGET', 'pass-dcr:check']),
    );
    return [];
  } catch (error) {
    const message = `The reader does not serve reads, so all of them go to the primary: ${failureOf(error).message}.`;
    return [{ level: 'warning', code: 'redis_reader_unusable', message }];
  }
}

/** Without the driver's error as its cause, which holds addresses, or the command with its keys and values. */
function unavailable(done: 'read' | 'written' | 'listed', error: unknown): PassError {
  return new PassError(
    'cache_unavailable',
    `redisCache: the cache could not be ${done}: ${failureOf(error).message}`,
  );
}
