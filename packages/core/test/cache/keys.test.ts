import { describe, expect, it } from 'vitest';
import { createKeyNames } from '../../src/cache/keyNames.js';
import { memoryCacheWith } from '../../src/cache/memoryCache.js';
import type { PassCache } from '../../src/cache/PassCache.js';
import { createRecordStore, nameOf, type RecordStore } from '../../src/cache/RecordStore.js';
import { createSealer } from '../../src/cache/sealing.js';
import { ManualClock } from '../time/ManualClock.js';
import { defaultTiming } from '../../src/timing.js';

const clock = new ManualClock();
const secret = 'a secret of at least thirty-two characters';

function storeOn(parts: Partial<PassCache>): RecordStore {
  const cache = { ...memoryCacheWith({ clock, warn: () => undefined }), ...parts };
  return createRecordStore({ cache, sealer: createSealer([secret]), clock, timing: defaultTiming.cache });
}

async function listed(store: RecordStore, prefix = 'k'): Promise<string[]> {
  const keys: string[] = [];
  for await (const batch of store.keys(prefix) ?? []) keys.push(...batch);
  return keys;
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => 'fulfilled',
    (error: unknown) => error,
  );
}

describe('the keys of a memory cache', () => {
  const filled = async (count: number): Promise<PassCache> => {
    const cache = memoryCacheWith({ clock, warn: () => undefined });
    for (let n = 0; n < count; n += 1) await cache.swap(`k${n}`, null, { value: 'v', ttlMs: null });
    return cache;
  };
  const batches = async (cache: PassCache, prefix: string): Promise<readonly (readonly string[])[]> => {
    const met: (readonly string[])[] = [];
    for await (const batch of cache.keys?.(prefix) ?? []) met.push(batch);
    return met;
  };

  it('are those that begin with the prefix', async () => {
    const cache = await filled(2);
    await cache.swap('other-k', null, { value: 'v', ttlMs: null });
    expect(await batches(cache, 'k')).toEqual([['k0', 'k1']]);
  });

  it('are without those that have expired', async () => {
    const cache = await filled(1);
    await cache.swap('k-short', null, { value: 'v', ttlMs: 10 });
    clock.advance(11);
    expect(await batches(cache, 'k')).toEqual([['k0']]);
  });

  it('come a thousand at a time', async () => {
    const lengths = async (count: number): Promise<readonly number[]> =>
      (await batches(await filled(count), 'k')).map(({ length }) => length);
    expect((await lengths(1_001)).filter((length) => length > 0)).toEqual([1_000, 1]);
    expect((await lengths(1_000)).filter((length) => length > 0)).toEqual([1_000]);
    expect(new Set((await batches(await filled(2_500), 'k')).flat()).size).toBe(2_500);
  });
});

describe('the keys of a store', () => {
  it('are null where the cache cannot list them', () => {
    const cache: PassCache = { ...memoryCacheWith({ clock, warn: () => undefined }) };
    delete cache.keys;
    expect(
      createRecordStore({ cache, sealer: createSealer([secret]), clock, timing: defaultTiming.cache }).keys(
        'k',
      ),
    ).toBeNull();
  });

  it('are all batches of the cache, asked with its own this', async () => {
    const asked: unknown[] = [];
    const store = storeOn({
      async *keys(this: PassCache, prefix) {
        asked.push(prefix, this.scope);
        yield ['k1'];
        yield ['k2', 'k3'];
      },
    });
    expect(await listed(store)).toEqual(['k1', 'k2', 'k3']);
    expect(asked).toEqual(['k', 'process']);
  });

  it.each([
    ['no list', undefined],
    ['a list of something else', [1]],
    ['a list of which one is no text', ['k1', null]],
    ['a text', 'k1'],
  ])('are unavailable if a batch is %s', async (_, batch) => {
    const store = storeOn({
      async *keys() {
        yield batch as never;
      },
    });
    expect(await codeOf(listed(store))).toMatchObject({
      code: 'cache_unavailable',
      message: expect.stringMatching(/could not be read: expected a list of keys, received/),
    });
  });

  it('are unavailable if the cache fails on the way', async () => {
    const store = storeOn({
      async *keys() {
        yield ['k1'];
        throw Object.assign(new Error('redis://:password@host'), { code: 'ECONNRESET' });
      },
    });
    const error = await codeOf(listed(store));
    expect(error).toMatchObject({ message: 'the cache could not be read: Error ECONNRESET' });
  });

  it('are unavailable if a batch does not come within a minute', async () => {
    const store = storeOn({
      keys: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }) }),
    });
    const error = codeOf(listed(store));
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(60_000);
    expect(await error).toMatchObject({ message: 'the cache could not be read: no answer within 60000 ms' });
  });

  it('end the listing of the cache when nobody wants more of them', async () => {
    let hasEnded = false;
    const store = storeOn({
      async *keys() {
        try {
          for (;;) yield ['k1'];
        } finally {
          hasEnded = true;
        }
      },
    });
    for await (const batch of store.keys('k') ?? []) if (batch.length > 0) break;
    await new Promise((resolve) => setImmediate(resolve));
    expect(hasEnded).toBe(true);
  });
});

describe('what another error is called', () => {
  it.each([
    [new TypeError('password'), 'TypeError'],
    [Object.assign(new Error('password'), { code: 'ECONNREFUSED' }), 'Error ECONNREFUSED'],
    [Object.assign(new Error('x'), { code: 'the password' }), 'Error'],
    [Object.assign(new Error('x'), { code: 'xECONNREFUSED' }), 'Error'],
    [Object.assign(new Error('x'), { code: 'ECONNREFUSED password' }), 'Error'],
    [Object.assign(new Error('x'), { code: 7 }), 'Error'],
    [{ name: 'the password' }, 'Error'],
    [{ name: 'Timeout1' }, 'Error'],
    [{ name: '1Timeout' }, 'Error'],
    [{ name: 7 }, 'Error'],
    ['password', 'Error'],
    [null, 'Error'],
    [
      {
        get name(): string {
          throw new Error('password');
        },
      },
      'Error',
    ],
  ])('is its name and its code: %#', (error, name) => {
    expect(nameOf(error)).toBe(name);
  });
});

describe('the names of what concerns all devices', () => {
  it('are those of the key space, and each is another', () => {
    const { meta, formerMeta, hold, users, devices } = createKeyNames({
      environment: 'local',
      application: 'web',
      nameSecret: secret,
    });
    const space = 'pass-dcr:lo:web:';
    expect({ meta, formerMeta, hold, users, devices }).toEqual({
      meta: `${space}meta`,
      formerMeta: 'pass-dcr:1:local:web:meta',
      hold: `${space}hold`,
      users: `${space}users`,
      devices: `${space}{`,
    });
  });
});
