import { beforeEach, describe, expect, it } from 'vitest';
import { memoryCacheWith } from '../../src/cache/memoryCache.js';
import type { PassCache } from '../../src/cache/PassCache.js';
import { createRecordStore, type RecordStore, type StoreSlot } from '../../src/cache/RecordStore.js';
import { sealAnew } from '../../src/cache/sealAnew.js';
import { createSealer } from '../../src/cache/sealing.js';
import { ManualClock } from '../time/ManualClock.js';
import { defaultTiming } from '../../src/timing.js';

const oldSecret = 'the old secret of at least thirty-two characters';
const newSecret = 'the new secret of at least thirty-two characters';
const key = 'pass-dcr:lo:web:{tag}:c';
const record = { i: 'client', later: ['what a later version may add'] };

const clock = new ManualClock();
let cache: PassCache;
let writes: number;
beforeEach(() => {
  const inner = memoryCacheWith({ clock, warn: () => undefined });
  writes = 0;
  cache = { ...inner, swap: async (...call) => ((writes += 1), await inner.swap(...call)) };
});

const processWith = (secrets: readonly string[], on: PassCache = cache): RecordStore =>
  createRecordStore({ cache: on, sealer: createSealer(secrets), clock, timing: defaultTiming.cache });

async function slotIn(store: RecordStore): Promise<StoreSlot> {
  const [slot] = await store.read([key], { strong: true });
  return slot ?? expect.unreachable();
}

describe('a record that an older secret has sealed', () => {
  beforeEach(async () => {
    await processWith([oldSecret]).swap(key, null, record, null);
    writes = 0;
  });

  it('is sealed with the first secret, says the same, and has the version that stands there', async () => {
    const rotated = processWith([newSecret, oldSecret]);
    const sealedAnew = await sealAnew(rotated, key, await slotIn(rotated));
    expect(sealedAnew).toMatchObject({ kind: 'stored', value: record, isOutdated: false });
    expect(await slotIn(rotated)).toEqual(sealedAnew);
    expect(await slotIn(processWith([newSecret]))).toEqual(sealedAnew);
  });

  it('gives way to what somebody else has written meanwhile', async () => {
    const rotated = processWith([newSecret, oldSecret]);
    const read = await slotIn(rotated);
    const other = await processWith([newSecret]).swap(
      key,
      read.kind === 'stored' ? read.version : '',
      { i: 'another' },
      null,
    );
    expect(await sealAnew(rotated, key, read)).toMatchObject({
      kind: 'stored',
      version: other.ok ? other.version : '',
      value: { i: 'another' },
    });
  });

  it('is as it was read where it is gone meanwhile', async () => {
    const rotated = processWith([newSecret, oldSecret]);
    const read = await slotIn(rotated);
    await cache.swap(key, read.kind === 'stored' ? read.version : '', null);
    expect(await sealAnew(rotated, key, read)).toEqual({ kind: 'absent' });
  });

  it('is used as it is where the cache does not take the write', async () => {
    const readOnly: PassCache = { ...cache, swap: () => Promise.reject(new Error('READONLY')) };
    const rotated = processWith([newSecret, oldSecret], readOnly);
    const read = await slotIn(rotated);
    expect(await sealAnew(rotated, key, read)).toBe(read);
  });

  it('is sealed once by many at once, who all hold what stands there', async () => {
    const rotated = processWith([newSecret, oldSecret]);
    const read = await slotIn(rotated);
    const slots = await Promise.all(Array.from({ length: 8 }, () => sealAnew(rotated, key, read)));
    const standing = await slotIn(rotated);
    for (const slot of slots) expect(slot).toEqual(standing);
  });
});

describe('nothing is written', () => {
  it.each([
    ['that the first secret has sealed', [oldSecret], [oldSecret]],
    ['while a new secret is only learnt', [oldSecret], [oldSecret, newSecret, oldSecret]],
    ['that a coming secret has sealed', [newSecret], [oldSecret, newSecret, oldSecret]],
    ['that cannot be opened', [newSecret], [oldSecret]],
  ])('for a record %s', async (_, sealedWith, openedWith) => {
    await processWith(sealedWith).swap(key, null, record, null);
    writes = 0;
    const store = processWith(openedWith);
    const read = await slotIn(store);
    expect(await sealAnew(store, key, read)).toBe(read);
    expect(writes).toBe(0);
  });

  it('for a record that is not there', async () => {
    expect(await sealAnew(processWith([newSecret, oldSecret]), key, { kind: 'absent' })).toEqual({
      kind: 'absent',
    });
    expect(writes).toBe(0);
  });
});
