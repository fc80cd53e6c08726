import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryCacheWith } from '../../src/cache/memoryCache.js';
import type { PassCache } from '../../src/cache/PassCache.js';
import { createByteStore, createRecordStore, type RecordStore } from '../../src/cache/RecordStore.js';
import { createSealer } from '../../src/cache/sealing.js';
import { isPassError, PassError } from '../../src/errors.js';
import { ManualClock } from '../time/ManualClock.js';
import { defaultTiming } from '../../src/timing.js';

const key = 'pass-dcr:lo:web:{tag}:c';
const other = 'pass-dcr:lo:web:{tag}:t';
const record = { clientId: 'id', clientSecret: 'not to be shown' };
const sealer = createSealer(['a secret of at least thirty-two characters']);

let clock: ManualClock;
let cache: PassCache;
beforeEach(() => {
  clock = new ManualClock();
  cache = memoryCacheWith({ clock, warn: () => undefined });
});

const storeOn = (on: Partial<PassCache>): RecordStore =>
  createRecordStore({ cache: { ...cache, ...on }, sealer, clock, timing: defaultTiming.cache });

async function failureOf(promise: Promise<unknown>): Promise<PassError> {
  const error: unknown = await promise.then(
    () => new Error('it resolved'),
    (reason: unknown) => reason,
  );
  if (!isPassError(error)) throw error;
  return error;
}

describe('a record', () => {
  it('comes back as it was stored, and lies sealed in the cache', async () => {
    const store = storeOn({});
    const stored = await store.swap(key, null, record, null);
    if (!stored.ok || stored.version === null) expect.unreachable();
    expect(await store.read([other, key])).toEqual([
      { kind: 'absent' },
      { kind: 'stored', version: stored.version, value: record, isOutdated: false },
    ]);
    expect(inspect(await cache.read([key]))).not.toContain(record.clientSecret);
  });

  it('of bytes comes back as it was stored', async () => {
    const store = createByteStore({ cache, sealer, clock, timing: defaultTiming.cache });
    const bytes = Uint8Array.from([0, 1, 0x80, 0xff]);
    await store.swap(key, null, bytes, null);
    const [slot] = await store.read([key]);
    expect(slot).toMatchObject({ kind: 'stored' });
    expect(Buffer.from(slot?.kind === 'stored' ? slot.value : [])).toEqual(Buffer.from(bytes));
  });

  it('can be any JSON but null', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        fc.pre(value !== null);
        const store = createRecordStore({
          timing: defaultTiming.cache,
          cache: memoryCacheWith({ clock, warn: () => undefined }),
          sealer,
          clock,
        });
        await store.swap(key, null, value, null);
        const [slot] = await store.read([key]);
        expect(slot).toMatchObject({ kind: 'stored' });
        expect(JSON.stringify(slot?.kind === 'stored' ? slot.value : undefined)).toBe(JSON.stringify(value));
      }),
    );
  });

  it('is deleted by null', async () => {
    const store = storeOn({});
    const stored = await store.swap(key, null, record, null);
    expect(await store.swap(key, stored.ok ? stored.version : '', null, null)).toEqual({
      ok: true,
      version: null,
    });
    expect(await store.read([key])).toEqual([{ kind: 'absent' }]);
  });

  it('that stands in the way is handed out opened', async () => {
    const store = storeOn({});
    await store.swap(key, null, record, null);
    expect(await store.swap(key, null, { clientId: 'late' }, null)).toMatchObject({
      ok: false,
      current: { kind: 'stored', value: record },
    });
  });

  it('that has gone is no longer in the way of a swap, which says so', async () => {
    expect(await storeOn({}).swap(key, 'a version of before', record, null)).toEqual({
      ok: false,
      current: { kind: 'absent' },
    });
  });

  it('lives a broken number of milliseconds rounded up, and at least one', async () => {
    const ttls: (number | null | undefined)[] = [];
    const store = storeOn({
      swap: (at, expected, next) => {
        ttls.push(next?.ttlMs);
        return cache.swap(at, expected, next);
      },
    });
    await store.swap(key, null, 1, 1500.2);
    await store.swap(other, null, 1, -3);
    expect(ttls).toEqual([1501, 1]);
    expect((await failureOf(store.swap(`${key}x`, null, 1, Number.NaN))).message).toContain('received NaN');
  });

  it.each([
    ['of another key', async () => sealer.seal(other, Buffer.from('{}')), 'damaged'],
    ['of another secret', async () => createSealer(['x'.repeat(40)]).seal(key, Buffer.from('{}')), 'secret'],
    ['of a newer format', async () => 'e3.x', 'format'],
    ['of the format of before', async () => 'e1.x', 'format'],
    [
      'that is not JSON inside',
      async () => sealer.seal(key, Buffer.from('{"clientSecret":"not to be shown"')),
      'damaged',
    ],
  ])('%s is unreadable, not absent', async (_, make, reason) => {
    await cache.swap(key, null, { value: await make(), ttlMs: null });
    const [slot] = await storeOn({}).read([key]);
    expect(slot).toEqual({ kind: 'unreadable', version: '1', reason });
  });

  it('fills what a cache takes as a value to the last character', async () => {
    const lengths: (number | undefined)[] = [];
    const store = storeOn({
      swap: (at, expected, next) => {
        lengths.push(next?.value.length);
        return cache.swap(at, expected, next);
      },
    });
    expect(await store.swap(key, null, 'x'.repeat(12_254), null)).toMatchObject({ ok: true });
    expect(lengths).toEqual([16_384]);
    await expect(store.swap(key, null, 'x'.repeat(12_255), null)).rejects.toThrow('is longer than 16384');
  });

  it('that a cache has refused with a PassError is told by its message', async () => {
    const message = 'redisCache: the cache could not be written: OOM.';
    const store = storeOn({
      swap: () => {
        throw new PassError('option_invalid', message, { retryable: false });
      },
    });
    expect(await failureOf(store.swap(key, null, record, null))).toMatchObject({
      code: 'cache_unavailable',
      message,
      retryable: true,
      retryAfterMs: 1000,
    });
  });

  it('that no cache would take is refused before the cache is asked', async () => {
    const store = storeOn({ swap: () => expect.unreachable() });
    const failure = await failureOf(store.swap(key, null, 'x'.repeat(13_000), null));
    expect(failure.message).toMatch(
      /could not be written: a sealed record of \d+ characters is longer than 16384/,
    );
  });

  it.each([
    ['undefined', undefined],
    ['a function', () => record],
    [
      'a circle',
      (() => {
        const circle: Record<string, unknown> = { ...record };
        circle['self'] = circle;
        return circle;
      })(),
    ],
    ['a bigint', 1n],
  ])('that is not JSON is refused: %s', async (_, value) => {
    const failure = await failureOf(storeOn({}).swap(key, null, value, null));
    expect(failure).toMatchObject({
      code: 'cache_unavailable',
      retryAfterMs: 1000,
      message: 'the cache could not be written: the record is not JSON',
    });
    expect(inspect(failure)).not.toContain(record.clientSecret);
  });
});

describe('a cache that fails', () => {
  const lost = (): Error =>
    Object.assign(new Error('connection to redis://user:password@host lost'), { code: 'ECONNRESET' });

  it.each([
    ['rejects', () => Promise.reject(lost())],
    [
      'throws',
      () => {
        throw lost();
      },
    ],
  ])(
    'when it %s makes a failure that names the operation and the error, and quotes nothing',
    async (_, fail) => {
      const store = storeOn({ read: fail, swap: fail });
      const calls = [
        [store.read([key]), 'the cache could not be read: Error ECONNRESET'],
        [store.swap(key, null, record, null), 'the cache could not be written: Error ECONNRESET'],
        [store.swap(key, 'v', null, null), 'the cache could not delete a record: Error ECONNRESET'],
      ] as const;
      for (const [call, message] of calls) {
        const failure = await failureOf(call);
        expect(failure).toMatchObject({ code: 'cache_unavailable', retryAfterMs: 1000, message });
        // What every log would show of it may hold the address of a server with the password in it.
        expect(failure.cause).toBeUndefined();
        expect(inspect(failure, { showHidden: true })).not.toContain(lost().message);
      }
      expect(clock.pendingTimers).toBe(0);
    },
  );

  it('may reject with anything', async () => {
    const rejection: unknown = 'a string';
    const store = storeOn({
      read: async () => {
        throw rejection;
      },
    });
    const failure = await failureOf(store.read([key]));
    expect(failure.code).toBe('cache_unavailable');
    expect(failure.cause).toBeUndefined();
  });

  it('may reject with what throws when it is looked at', async () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const rejection: unknown = proxy;
    const store = storeOn({
      read: async () => {
        throw rejection;
      },
    });
    expect((await failureOf(store.read([key]))).code).toBe('cache_unavailable');
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('what a cache reports of itself', () => {
  const finding = { level: 'warning', code: 'nearly_full', message: 'The disk is nearly full.' } as const;
  const silent = {
    level: 'warning',
    code: 'cache_unavailable',
    message: 'The cache could not check itself.',
  };

  it.each(['error', 'warning', 'info'] as const)('is passed on as it is: %s', async (level) => {
    expect(await storeOn({ check: async () => [{ ...finding, level }] }).check()).toEqual([
      { ...finding, level },
    ]);
  });

  it('is nothing if it has no check', async () => {
    expect(await storeOn({}).check()).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['no list', 5],
    ['a list of something else', [null]],
    ['a finding of an unknown level', [{ ...finding, level: 'fatal' }]],
    ['a finding whose code is no text', [{ ...finding, code: 5 }]],
    ['a finding without a message', [{ ...finding, message: undefined }]],
  ])('is a finding if it is %s', async (_name, answer) => {
    expect(await storeOn({ check: async () => answer as never }).check()).toEqual([silent]);
  });

  it('is a finding if it does not come in time', async () => {
    const report = storeOn({ check: () => new Promise(() => undefined) }).check();
    await Promise.resolve();
    clock.advance(2_000);
    expect(await report).toEqual([silent]);
  });
});

describe('a read', () => {
  it('may be answered by a replica unless it is asked to be strong', async () => {
    const asked: (boolean | undefined)[] = [];
    const store = storeOn({
      read: (keys, options) => {
        asked.push(options?.strong);
        return cache.read(keys, options);
      },
    });
    await store.read([key]);
    await store.read([key], { strong: true });
    expect(asked).toEqual([false, true]);
  });
});

describe('a cache that hangs', () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  beforeEach(() => {
    unhandled.length = 0;
    process.on('unhandledRejection', note);
  });
  afterEach(() => {
    process.off('unhandledRejection', note);
  });

  it('fails a read after its second and a swap after its two, and is told so beforehand', async () => {
    const timeouts: (number | undefined)[] = [];
    const store = storeOn({
      read: (_keys, options) => (timeouts.push(options?.timeoutMs), new Promise(() => undefined)),
      swap: (_key, _expected, _next, options) => (
        timeouts.push(options?.timeoutMs),
        new Promise(() => undefined)
      ),
    });
    const read = failureOf(store.read([key]));
    const swap = failureOf(store.swap(key, null, record, null));
    clock.advance(999);
    expect(clock.pendingTimers).toBe(2);
    clock.advance(1);
    expect((await read).message).toBe('the cache could not be read: no answer within 1000 ms');
    clock.advance(1000);
    expect((await swap).message).toBe('the cache could not be written: no answer within 2000 ms');
    expect(timeouts).toEqual([1000, 2000]);
  });

  it.each(['resolves', 'rejects'] as const)('and %s too late disturbs nobody', async (late) => {
    let settle: () => void = () => undefined;
    const store = storeOn({
      read: () =>
        new Promise((resolve, reject) => {
          settle = () => (late === 'resolves' ? resolve([null]) : reject(new Error('too late')));
        }),
    });
    const failure = failureOf(store.read([key]));
    clock.advance(1000);
    await failure;
    settle();
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toEqual([]);
  });

  it('can be given other times', async () => {
    const hung = { ...cache, read: () => new Promise<never>(() => undefined) };
    const store = createRecordStore({
      cache: hung,
      sealer,
      clock,
      timing: { ...defaultTiming.cache, readTimeoutMs: 7 },
    });
    const failure = failureOf(store.read([key]));
    clock.advance(7);
    expect((await failure).message).toContain('within 7 ms');
  });
});

describe('an answer that is none', () => {
  const entry = { value: 'not to be shown', version: '1' };

  it.each([
    ['no list', 'not to be shown', 'received a string of 15 characters'],
    ['nothing', undefined, 'received undefined'],
    ['too few entries', [], 'expected 1 entries, received 0'],
    ['too many entries', [null, null], 'received 2'],
    ['undefined as an entry', [undefined], 'received undefined'],
    ['a hole', Object.assign([], { length: 1 }), 'received undefined'],
    ['a bare value', ['not to be shown'], 'received a string of 15 characters'],
    ['no version', [{ value: 'not to be shown' }], 'received an object'],
    [
      'an empty version',
      [{ ...entry, version: '' }],
      'received a string of 15 characters as value and an empty string as version',
    ],
    ['a numeric version', [{ ...entry, version: 1 }], 'number as version'],
    ['a Buffer as value', [{ ...entry, value: Buffer.from('not to be shown') }], 'object as value'],
  ])('to a read: %s', async (_, answer, message) => {
    const failure = await failureOf(storeOn({ read: async () => answer as never }).read([key]));
    expect(failure.code).toBe('cache_unavailable');
    expect(failure.message).toContain(message);
    expect(inspect(failure)).not.toContain('not to be shown');
  });

  it.each([
    ['OK', 'received a string of 2 characters'],
    [[], 'expected { ok, … }, received an empty list'],
    [null, 'received null'],
    [{}, 'expected { ok, … }'],
    [{ ok: 'yes' }, 'received a string of 3 characters'],
    [{ ok: true }, 'expected a non-empty string as the version after a write, received undefined'],
    [{ ok: true, version: null }, 'version after a write, received null'],
    [{ ok: true, version: '' }, 'received an empty string'],
    [{ ok: false }, 'received undefined'],
    [{ ok: false, current: 'not to be shown' }, 'received a string of 15 characters'],
    [
      { ok: false, current: { value: '', version: 'expected' } },
      'although the key holds the expected version',
    ],
  ])('to a write: %j', async (answer, message) => {
    const failure = await failureOf(
      storeOn({ swap: async () => answer as never }).swap(key, 'expected', record, null),
    );
    expect(failure.code).toBe('cache_unavailable');
    expect(failure.message).toContain(message);
    expect(inspect(failure)).not.toContain('not to be shown');
  });

  it('to a deletion: a version', async () => {
    const store = storeOn({ swap: async () => ({ ok: true, version: '1' }) });
    expect((await failureOf(store.swap(key, '1', null, null))).message).toContain(
      'expected null as the version after a delete',
    );
  });

  it('is none only for what it says: one without a promise around it is an answer', async () => {
    expect(await storeOn({ read: () => [null] as never }).read([key])).toEqual([{ kind: 'absent' }]);
  });

  it('is read by its places, whatever its iterator tells of', async () => {
    class ShortWhenIterated extends Array<null> {
      override [Symbol.iterator](): ArrayIterator<null> {
        return [][Symbol.iterator]();
      }
    }
    const store = storeOn({ read: async (keys) => new ShortWhenIterated(keys.length) });
    expect((await failureOf(store.read([key]))).code).toBe('cache_unavailable');
  });

  it('may even throw when it is looked at', async () => {
    const trap = new Proxy([], {
      get() {
        throw new Error('a trap');
      },
    });
    expect(await failureOf(storeOn({ read: async () => trap }).read([key]))).toMatchObject({
      code: 'cache_unavailable',
    });
  });
});
