import { beforeEach, describe, expect, it } from 'vitest';
import { createKeyNames } from '../../src/cache/keyNames.js';
import { createKeySpace, type KeySpace, type KeySpaceOptions } from '../../src/cache/keySpace.js';
import { memoryCacheWith, type StoredEntries } from '../../src/cache/memoryCache.js';
import type { PassCache } from '../../src/cache/PassCache.js';
import { createRecordStore } from '../../src/cache/RecordStore.js';
import { createSealer } from '../../src/cache/sealing.js';
import { secretId } from '../../src/cache/secretKeys.js';
import { defaultTiming } from '../../src/timing.js';
import { ManualClock } from '../time/ManualClock.js';

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

function processOn(on: PassCache = cache, onForgotten?: KeySpaceOptions['onForgotten']): KeySpace {
  const store = createRecordStore({ cache: on, sealer: createSealer([secret]), clock, timing });
  return createKeySpace({ store, names, nameKeyId: secretId(secret), timing, onForgotten });
}

/** A process that listens, and what it has heard. */
function listener(): { readonly space: KeySpace; readonly heard: (readonly string[] | 'many')[] } {
  const heard: (readonly string[] | 'many')[] = [];
  return { space: processOn(cache, (tags) => heard.push(tags)), heard };
}

describe('a device that one process has forgotten', () => {
  it('is told of to each other process, once, at its next look', async () => {
    const one = processOn();
    const [early, late] = [listener(), listener()];
    await early.space.look();
    await one.forgot('first');
    await early.space.look();
    await early.space.look();
    await one.forgot('second');
    await early.space.look();
    await late.space.look();
    expect(early.heard).toEqual([['first'], ['second']]);
    expect(late.heard).toEqual([['first', 'second']]);
  });

  it('is nothing to a process that does not listen', async () => {
    const [one, other] = [processOn(), processOn()];
    await one.forgot('first');
    expect(await other.look()).toMatchObject({ found: 'intact' });
  });

  it('changes nothing else about the key space', async () => {
    const [one, other] = [processOn(), processOn()];
    await other.verify();
    await one.forgot('first');
    expect(await other.look()).toMatchObject({ found: 'intact' });
    await expect(processOn().verify()).resolves.toBeUndefined();
  });

  it('is one of many where more have been forgotten than are named', async () => {
    const { space, heard } = listener();
    const one = processOn();
    for (let number = 0; number <= timing.forgottenNamed; number += 1) await one.forgot(`tag ${number}`);
    await space.look();
    expect(heard).toEqual(['many']);
  });

  it('is told of although others write the record at the same time', async () => {
    const { space, heard } = listener();
    await space.verify();
    const other = processOn();
    let rivals = timing.forgetAttempts - 1;
    const contended: PassCache = {
      ...cache,
      async swap(key, expected, next) {
        if (key === names.meta && rivals > 0) {
          rivals -= 1;
          await other.forgot(`rival ${rivals}`);
        }
        return await cache.swap(key, expected, next);
      },
    };
    await processOn(contended).forgot('mine');
    await space.look();
    expect(heard.flat()).toContain('mine');
    expect(heard.flat()).toHaveLength(timing.forgetAttempts);
  });

  it.each([
    ['others are faster each time', 'rival'],
    ['the record is gone', 'gone'],
  ])('and cannot be told of is an error that says so: %s', async (_, why) => {
    const one = processOn();
    await one.verify();
    const other = processOn();
    let swaps = 0;
    const contended: PassCache = {
      ...cache,
      async read(keys, options) {
        const found = await cache.read(keys, options);
        return why === 'gone' && swaps === 0 && keys[0] === names.meta && entries.size > 0 && verified
          ? [null]
          : found;
      },
      async swap(key, expected, next) {
        swaps += 1;
        if (key === names.meta && why === 'rival') await other.forgot(`rival ${swaps}`);
        return await cache.swap(key, expected, next);
      },
    };
    let verified = false;
    const mine = processOn(contended);
    await mine.verify();
    verified = true;
    await expect(mine.forgot('mine')).rejects.toMatchObject({
      code: 'cache_unavailable',
      message: 'the cache does not take the word that a device is forgotten: call pass.forget again',
      retryAfterMs: timing.retryAfterMs,
    });
    expect(swaps).toBe(why === 'rival' ? timing.forgetAttempts : 0);
  });

  it('is told of by a strong read', async () => {
    const one = processOn();
    await one.verify();
    const strong: unknown[] = [];
    const watched: PassCache = {
      ...cache,
      read: async (keys, options) => (strong.push(keys, options?.strong), await cache.read(keys, options)),
    };
    const other = processOn(watched);
    await other.verify();
    strong.length = 0;
    await other.forgot('mine');
    expect(strong).toEqual([[names.meta], true]);
  });
});
