import type { PassCache } from '@pass-dcr/core';
import { fileCache } from '@pass-dcr/file-cache';
import { redisCache } from '@pass-dcr/redis-cache';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { CacheSettings } from './settings.js';

export interface OpenCache {
  readonly cache: PassCache;
  /** After everything that uses it. */
  readonly close: () => Promise<void>;
}

/** The cache that the settings choose. Redis may come later: until then, `/readyz` says no. */
export function openCache(settings: CacheSettings, log: Pick<Logger, 'info' | 'warn'>): OpenCache {
  switch (settings.kind) {
    case 'file': {
      const cache = fileCache({ path: settings.path });
      return { cache, close: async () => await cache.close?.() };
    }
    case 'redis': {
      const client = new Redis(settings.url);
      client.on('ready', () => log.info('connected to Redis'));
      client.on('error', ({ message }) => log.warn({ reason: message }, 'no connection to Redis'));
      const cache = redisCache({ client });
      return {
        cache,
        async close() {
          await cache.close?.();
          // The cache leaves its client open, as somebody else has made it.
          client.disconnect();
        },
      };
    }
  }
}
