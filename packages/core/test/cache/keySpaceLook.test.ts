import { beforeEach, describe, expect, it } from 'vitest';
import { createKeyNames } from '../../src/cache/keyNames.js';
import { createKeySpace, type KeySpace } from '../../src/cache/keySpace.js';
import { memoryCacheWith, type StoredEntries } from '../../src/cache/memoryCache.js';
import type { PassCache } from '../../src/cache/PassCache.js';
import { createRecordStore, type RecordStore } from '../../src/cache/RecordStore.js';
import { createSealer } from '../../src/cache/sealing.js';
import { secretId } from '../../src/cache/secretKeys.js';
import { ManualClock } from '../time/ManualClock.js';
import { defaultTiming } from '../../src/timing.js';

const timing = defaultTiming.cache;

const secret = 'the only secret of at least thirty-two characters';
const names = createKeyNames({ environment: 'local', application: 'web', nameSecret: secret });
const clock = new ManualClock();

let entries: StoredEntries;
let cache: PassCache;
beforeEach(() => {
  entries = new Map();
  cache = memoryCacheWith({ clock, warn: () => undefined, entries });
});

function storeOn(on: PassCache, secrets: readonly [string, ...string[]] = [secret]): RecordStore {
  return createRecordStore({ cache: on, sealer: createSealer(secrets), clock, timing });
}

function processOn(on: PassCache = cache, onNew?: () => Promise<void>): KeySpace {
  return createKeySpace({ store: storeOn(on), names, nameKeyId: secretId(secret), timing, onNew });
}

describe('whether a key space is still what it was', () => {
  it('is said by a process that has verified it', async () => {
    const one = processOn();
    expect(one.isKnown).toBe(false);
    await one.verify();
    expect(one.isKnown).toBe(true);
    expect(await one.look()).toMatchObject({ found: 'intact' });
  });

  it('is learnt at the first look by a process that has not', async () => {
    await processOn().verify();
    const other = processOn();
    expect(await other.look()).toMatchObject({ found: 'intact' });
    expect(other.isKnown).toBe(true);
  });

  it('is not known where there never was one', async () => {
    const one = processOn();
    expect(await one.look()).toMatchObject({ found: 'absent' });
    expect(one.isKnown).toBe(false);
  });

  it('is told once when it is gone, and then there is none', async () => {
    const one = processOn();
    await one.verify();
    entries.clear();
    expect(await one.look()).toMatchObject({ found: 'lost' });
    expect(await one.look()).toMatchObject({ found: 'absent' });
    expect(one.isKnown).toBe(false);
    await one.verify();
    expect(await one.look()).toMatchObject({ found: 'intact' });
  });

  it('is told once when another stands in its place, which is known from then on', async () => {
    const one = processOn();
    await one.verify();
    entries.clear();
    await processOn().verify();
    expect(await one.look()).toMatchObject({ found: 'lost' });
    expect(one.isKnown).toBe(true);
    expect(await one.look()).toMatchObject({ found: 'intact' });
  });

  it('is verified anew after another was found in its place', async () => {
    const one = processOn();
    await one.verify();
    entries.clear();
    const foreign = 'another secret of at least thirty-two characters';
    await createKeySpace({
      timing,
      store: storeOn(cache, [secret]),
      names,
      nameKeyId: secretId(foreign),
    }).verify();
    expect(await one.look()).toMatchObject({ found: 'lost' });
    await expect(one.verify()).rejects.toMatchObject({ code: 'secret_mismatch' });
  });

  it('is not doubted because its record cannot be opened', async () => {
    const one = processOn();
    await one.verify();
    const stored = entries.get(names.meta);
    if (stored === undefined) throw new Error('there is no record');
    entries.set(names.meta, { ...stored, value: 'e3.from a newer version' });
    expect(await one.look()).toMatchObject({ found: 'intact' });
    expect(one.isKnown).toBe(true);
  });

  it('is a record without a mark the same as long as it has none', async () => {
    await storeOn(cache).swap(names.meta, null, { schema: 2, nameKeyId: secretId(secret) }, null);
    const one = processOn();
    expect(await one.look()).toMatchObject({ found: 'intact' });
    expect(one.isKnown).toBe(true);
    expect(await one.look()).toMatchObject({ found: 'intact' });
    entries.clear();
    await processOn().verify();
    expect(await one.look()).toMatchObject({ found: 'lost' });
  });

  it('is asked of the primary, by the key of its record', async () => {
    const asked: unknown[] = [];
    const one = processOn({
      ...cache,
      read: async (keys, options) => {
        asked.push(keys, options?.strong);
        return await cache.read(keys, options);
      },
    });
    await one.look();
    expect(asked).toEqual([[names.meta], true]);
  });

  it('is not doubted by a look that was under way when the record was made', async () => {
    let answer = (): void => undefined;
    const late = new Promise<void>((resolve) => (answer = resolve));
    let reads = 0;
    const one = processOn({
      ...cache,
      read: async (keys, options) => {
        reads += 1;
        const isFirst = reads === 1;
        const found = await cache.read(keys, options);
        if (isFirst) await late;
        return found;
      },
    });
    const looking = one.look();
    await one.verify();
    answer();
    expect(await looking).toMatchObject({ found: 'intact' });
    expect(one.isKnown).toBe(true);
  });
});

describe('the maker of a key space', () => {
  it('is told before its record is there, and nobody else is', async () => {
    const told: boolean[] = [];
    const onNew = async (): Promise<void> => void told.push(entries.has(names.meta));
    await processOn(cache, onNew).verify();
    await processOn(cache, onNew).verify();
    expect(told).toEqual([false]);
  });

  it('makes none if it could not be told', async () => {
    const one = processOn(cache, () => Promise.reject(new Error('not now')));
    await expect(one.verify()).rejects.toThrow('not now');
    expect(entries.has(names.meta)).toBe(false);
  });
});
