import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { beforeEach, describe, expect, it } from 'vitest';
import { memoryCache, memoryCacheWith, type StoredEntries } from '../../src/cache/memoryCache.js';
import type { PassCache } from '../../src/cache/PassCache.js';
import { passEventChannel } from '../../src/diagnostics.js';
import { ManualClock } from '../time/ManualClock.js';

const key = 'k:{t}:c';
let clock: ManualClock;
let cache: PassCache;
beforeEach(() => {
  clock = new ManualClock();
  cache = memoryCacheWith({ clock, warn: () => undefined });
});

describe('memoryCache', () => {
  it('is seen by this process alone', () => {
    expect(cache.scope).toBe('process');
  });

  it('deletes what is not there with success, whatever was expected', async () => {
    const gone = { ok: true, version: null };
    expect(await cache.swap(key, null, null)).toEqual(gone);
    expect(await cache.swap(key, 'a version of before', null)).toEqual(gone);
  });

  it('keeps an entry until its last millisecond and not a moment longer', async () => {
    await cache.swap(key, null, { value: 'v', ttlMs: 1000 });
    clock.advance(999);
    expect(await cache.read([key])).toMatchObject([{ value: 'v' }]);
    clock.advance(1);
    expect(await cache.read([key])).toEqual([null]);
  });

  it('lets an expired entry be replaced as if it were absent, and not by its version', async () => {
    const stored = await cache.swap(key, null, { value: 'v', ttlMs: 1000 });
    clock.advance(1000);
    expect(await cache.swap(key, stored.ok ? stored.version : '', { value: 'w', ttlMs: null })).toEqual({
      ok: false,
      current: null,
    });
    expect(await cache.swap(key, null, { value: 'w', ttlMs: null })).toMatchObject({ ok: true });
  });

  it('never lets go of an entry without expiry', async () => {
    await cache.swap(key, null, { value: 'v', ttlMs: null });
    for (let other = 0; other < 1000; other += 1) {
      await cache.swap(`other${other}`, null, { value: 'w', ttlMs: 1 });
      clock.advance(3_600_000);
    }
    expect(await cache.read([key])).toMatchObject([{ value: 'v' }]);
  });

  it('forgets expired entries of devices that never come back', async () => {
    const entries: StoredEntries = new Map();
    const swept = memoryCacheWith({ clock, warn: () => undefined, entries });
    for (let other = 0; other < 10_000; other += 1) {
      await swept.swap(`other${other}`, null, { value: 'v', ttlMs: 10 });
      clock.advance(1);
    }
    expect(entries.size).toBeLessThan(100);
  });

  it('clears away two expired entries with a swap, so that none waits for many', async () => {
    const entries: StoredEntries = new Map();
    for (let other = 0; other < 10; other += 1)
      entries.set(`other${other}`, { value: 'v', version: 'v', expiresAt: clock.now() });
    const swept = memoryCacheWith({ clock, warn: () => undefined, entries });
    await swept.swap(key, null, { value: 'v', ttlMs: null });
    expect([...entries.keys()]).toEqual([...Array.from({ length: 8 }, (_, left) => `other${left + 2}`), key]);
  });

  it('rejects for good once it is closed, and may be closed again', async () => {
    await cache.close?.();
    await cache.close?.();
    const closed = {
      code: 'cache_unavailable',
      message: 'memoryCache: the cache is closed',
      retryable: false,
    };
    await expect(cache.read([key])).rejects.toMatchObject(closed);
    await expect(cache.swap(key, null, null)).rejects.toMatchObject(closed);
  });

  it('says once per process what it does not survive', async () => {
    const warnings: (Error & { code?: string })[] = [];
    const events: unknown[] = [];
    const noteWarning = (warning: Error): void => void warnings.push(warning);
    const noteEvent = (event: unknown): void => void events.push(event);
    // Another test of this process may have had it said.
    Reflect.deleteProperty(globalThis, Symbol.for('@pass-dcr/core/memoryCache/warned'));
    process.on('warning', noteWarning);
    subscribe(passEventChannel, noteEvent);
    memoryCache();
    memoryCache();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', noteWarning);
    unsubscribe(passEventChannel, noteEvent);
    expect(warnings).toMatchObject([
      {
        name: 'PassDcrWarning',
        code: 'PASS_DCR_MEMORY_CACHE',
        message: expect.stringMatching(/restart.*Use fileCache\(\)/) as string,
      },
    ]);
    expect(events).toMatchObject([{ type: 'warning', code: 'memory_cache' }]);
  });
});
