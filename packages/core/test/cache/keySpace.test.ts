import { beforeEach, describe, expect, it } from 'vitest';
import { createKeyNames } from '../../src/cache/keyNames.js';
import { createKeySpace, keySpaceFault, type KeySpace } from '../../src/cache/keySpace.js';
import { memoryCacheWith } from '../../src/cache/memoryCache.js';
import type { PassCache } from '../../src/cache/PassCache.js';
import { createRecordStore } from '../../src/cache/RecordStore.js';
import { createSealer } from '../../src/cache/sealing.js';
import { secretId } from '../../src/cache/secretKeys.js';
import { ManualClock } from '../time/ManualClock.js';
import { defaultTiming } from '../../src/timing.js';
import vectors from './vectors.json' with { type: 'json' };

const timing = defaultTiming.cache;

const oldSecret = 'the old secret of at least thirty-two characters';
const newSecret = 'the new secret of at least thirty-two characters';

let cache: PassCache;
const clock = new ManualClock();
beforeEach(() => {
  cache = memoryCacheWith({ clock, warn: () => undefined });
});

function sealedMeta(json: string): string {
  return createSealer([oldSecret]).seal('pass-dcr:lo:web:meta', Buffer.from(json));
}

/** A process that was started with these secrets. */
function processWith(
  secrets: readonly [string, ...string[]],
  on: PassCache = cache,
): KeySpace & { readonly meta: string } {
  const nameSecret = secrets.at(-1) ?? secrets[0];
  const names = createKeyNames({ environment: 'local', application: 'web', nameSecret });
  const store = createRecordStore({ cache: on, sealer: createSealer(secrets), clock, timing });
  return { ...createKeySpace({ store, names, nameKeyId: secretId(nameSecret), timing }), meta: names.meta };
}

describe('a key space', () => {
  it('is named by the first process and recognised by the next', async () => {
    await processWith([oldSecret]).verify();
    await expect(processWith([oldSecret]).verify()).resolves.toBeUndefined();
  });

  it('keeps its one record for ever, whoever verifies it later', async () => {
    const first = processWith([oldSecret]);
    await first.verify();
    const [written] = await cache.read([first.meta]);
    clock.advance(10 * 365 * 24 * 3_600_000);
    await processWith([oldSecret, newSecret, oldSecret]).verify();
    expect(await cache.read([first.meta])).toEqual([written]);
  });

  it('seals its record anew with the first secret, and is named by the last all the same', async () => {
    await processWith([oldSecret]).verify();
    const rotated = processWith([newSecret, oldSecret]);
    const { meta } = rotated;
    await rotated.verify();
    const [sealedAnew] = await cache.read([meta]);
    expect(createSealer([newSecret]).open(meta, sealedAnew?.value ?? '')).toMatchObject({ ok: true });
    await processWith([newSecret, oldSecret]).verify();
    expect(await cache.read([meta])).toEqual([sealedAnew]);
    await expect(processWith([newSecret]).verify()).rejects.toMatchObject({ code: 'secret_mismatch' });
  });

  it('whose record cannot be sealed anew is as good as before', async () => {
    await processWith([oldSecret]).verify();
    const readOnly: PassCache = { ...cache, swap: () => Promise.reject(new Error('read-only')) };
    await expect(processWith([newSecret, oldSecret], readOnly).verify()).resolves.toBeUndefined();
  });

  it('survives a rotation that keeps the old secret last', async () => {
    await processWith([oldSecret]).verify();
    await expect(processWith([newSecret, oldSecret]).verify()).resolves.toBeUndefined();
  });

  it.each([
    ['the new secret alone', [newSecret]],
    ['the new secret last', [oldSecret, newSecret]],
  ] as const)('refuses %s, and says what to do', async (_, secrets) => {
    await processWith([oldSecret]).verify();
    await expect(processWith([...secrets]).verify()).rejects.toMatchObject({
      code: 'secret_mismatch',
      message: expect.stringMatching(/not in the list.*put it back.*nobody has been logged out/) as string,
    });
  });

  it('that was made during a rotation is still named by the last secret', async () => {
    await processWith([newSecret, oldSecret]).verify();
    await expect(processWith([newSecret, oldSecret]).verify()).resolves.toBeUndefined();
    await expect(processWith([newSecret]).verify()).rejects.toMatchObject({ code: 'secret_mismatch' });
  });

  it('is agreed on by processes that make it at once', async () => {
    const outcomes = await Promise.allSettled([
      processWith([oldSecret]).verify(),
      processWith([newSecret]).verify(),
    ]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await Promise.all(Array.from({ length: 5 }, () => processWith([oldSecret]).verify()));
  });

  it('whose record is damaged is not taken over', async () => {
    const space = processWith([oldSecret]);
    await cache.swap(space.meta, null, { value: 'e2.abc', ttlMs: null });
    await expect(space.verify()).rejects.toMatchObject({ code: 'secret_mismatch' });
  });

  it.each([
    ['envelope', 'e3.later'],
    ['schema', sealedMeta('{"schema":3}')],
    ['shape', sealedMeta('[]')],
    ['text', sealedMeta('"text"')],
    ['nothing', sealedMeta('null')],
  ])('of a newer %s is left alone', async (_, value) => {
    const space = processWith([oldSecret]);
    await cache.swap(space.meta, null, { value, ttlMs: null });
    await expect(space.verify()).rejects.toMatchObject({
      code: 'cache_format_unsupported',
      message: expect.stringContaining('written by another version of pass-dcr') as string,
    });
    expect(await cache.read([space.meta])).toMatchObject([{ value }]);
  });
});

describe('a key space of the format of before', () => {
  const formerMeta = 'pass-dcr:1:local:web:meta';
  const former = vectors.formerEnvelopes.at(-1)?.sealed ?? '';

  it('is left alone, and nothing is made beside it', async () => {
    await cache.swap(formerMeta, null, { value: former, ttlMs: null });
    const space = processWith([oldSecret]);
    await expect(space.verify()).rejects.toMatchObject({
      code: 'cache_format_unsupported',
      message: expect.stringContaining('written by another version of pass-dcr') as string,
    });
    expect(await cache.read([formerMeta])).toMatchObject([{ value: former }]);
    expect(await cache.read([space.meta])).toEqual([null]);
  });

  // What that format says to an envelope: a version of its own, or of another.
  const formerReason = (value: string): string => (/^e[2-9][0-9]*\./.test(value) ? 'format' : 'other');

  it('cannot begin where this one has, for it finds a record of another version under its own name', async () => {
    await processWith([oldSecret]).verify();
    const [found] = await cache.read([formerMeta]);
    expect(formerReason(found?.value ?? '')).toBe('format');
  });

  it('finds that record before there is one of this format', async () => {
    const swapped: string[] = [];
    const watched: PassCache = {
      ...cache,
      swap: async (key, expected, next) => (swapped.push(key), await cache.swap(key, expected, next)),
    };
    const space = processWith([oldSecret], watched);
    await space.verify();
    expect(swapped).toEqual([formerMeta, space.meta]);
  });

  it('and one of this format never both begin', async () => {
    const racing: PassCache = {
      ...cache,
      async swap(key, expected, next) {
        if (key === formerMeta) await cache.swap(key, null, { value: former, ttlMs: null });
        return await cache.swap(key, expected, next);
      },
    };
    const space = processWith([oldSecret], racing);
    await expect(space.verify()).rejects.toMatchObject({ code: 'cache_format_unsupported' });
    expect(await cache.read([space.meta])).toEqual([null]);
  });

  it('is none where only its place is taken, after all else was lost', async () => {
    const space = processWith([oldSecret]);
    await space.verify();
    const [made] = await cache.read([space.meta]);
    await cache.swap(space.meta, made?.version ?? null, null);
    await expect(processWith([oldSecret]).verify()).resolves.toBeUndefined();
    expect(await cache.read([space.meta])).not.toEqual([null]);
  });
});

describe('verifying', () => {
  it('asks strongly, once for all concurrent callers, and never again after success', async () => {
    const reads: unknown[] = [];
    const counting: PassCache = {
      ...cache,
      read: (keys, options) => (reads.push(options?.strong), cache.read(keys, options)),
    };
    const space = processWith([oldSecret], counting);
    await Promise.all([space.verify(), space.verify(), space.verify()]);
    await space.verify();
    expect(reads).toEqual([true]);
  });

  it('fails for all concurrent callers while the cache is down, and is tried anew by the next', async () => {
    let down = true;
    let reads = 0;
    const flaky: PassCache = {
      ...cache,
      read: async (keys) => {
        reads += 1;
        if (down) throw new Error('down');
        return cache.read(keys);
      },
    };
    const space = processWith([oldSecret], flaky);
    const failed = { status: 'rejected', reason: { code: 'cache_unavailable' } };
    expect(await Promise.allSettled([space.verify(), space.verify()])).toMatchObject([failed, failed]);
    expect(reads).toBe(1);
    down = false;
    await expect(space.verify()).resolves.toBeUndefined();
  });

  it('writes nothing where the record is found', async () => {
    await processWith([oldSecret]).verify();
    const readOnly: PassCache = { ...cache, swap: () => Promise.reject(new Error('read-only')) };
    await expect(processWith([oldSecret], readOnly).verify()).resolves.toBeUndefined();
  });

  it.each([
    ['takes it for its own', oldSecret, { status: 'fulfilled' }],
    ['is refused', newSecret, { status: 'rejected', reason: { code: 'secret_mismatch' } }],
  ])('who comes second and meets the record only when writing it %s', async (_, secret, outcome) => {
    await processWith([oldSecret]).verify();
    const lagging: PassCache = { ...cache, read: async (keys) => keys.map(() => null) };
    expect(await Promise.allSettled([processWith([secret], lagging).verify()])).toMatchObject([outcome]);
  });

  it('gives up on a cache that neither holds nor takes the record, after three attempts', async () => {
    let swaps = 0;
    const broken: PassCache = {
      ...cache,
      swap: async () => {
        swaps += 1;
        return { ok: false, current: null };
      },
    };
    await expect(processWith([oldSecret], broken).verify()).rejects.toMatchObject({
      code: 'cache_unavailable',
      message: 'the cache neither holds nor takes the record that names the secret',
      retryAfterMs: 1000,
    });
    expect(swaps).toBe(3);
  });
});

describe('what a record says against a key space', () => {
  const found = (nameKeyId: string) =>
    ({ kind: 'stored', version: 'v', value: { schema: 2, nameKeyId }, isOutdated: false }) as const;

  it.each([
    ['nothing was read', undefined],
    ['there is no record yet', { kind: 'absent' } as const],
    ['it names this secret', found('mine')],
  ])('is nothing if %s', (_, slot) => {
    expect(keySpaceFault('mine', slot)).toBeUndefined();
  });

  it.each([
    ['it names another secret', found('theirs'), 'secret_mismatch'],
    [
      'no secret of the list opens it',
      { kind: 'unreadable', version: 'v', reason: 'secret' } as const,
      'secret_mismatch',
    ],
    [
      'a newer version wrote it',
      { kind: 'unreadable', version: 'v', reason: 'format' } as const,
      'cache_format_unsupported',
    ],
  ])('is an error if %s', (_, slot, code) => {
    expect(keySpaceFault('mine', slot)).toMatchObject({ code });
  });
});
