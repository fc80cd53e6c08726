import { describe, expect, it } from 'vitest';
import type { PassCache } from '../../src/cache/PassCache.js';
import { createSealer, type OpenResult } from '../../src/cache/sealing.js';
import type { Pass, ResealProgress } from '../../src/Pass.js';
import { createHarness, deviceNumber, secret as old, times, type Harness } from '../session/harness.js';

const fresh = 'the new secret of at least thirty-two characters';
const secret = [fresh, old];
const devices = 40;
const space = 'pass-dcr:lo:tv:';
const formerMeta = 'pass-dcr:1:local:tv:meta';
/** The record of the key space, and what keeps processes of the format of before away. */
const ofTheSpace = 2;

/** A cache with devices that the old secret has sealed, and with what a sweep must leave alone. */
async function filled(): Promise<Harness> {
  const harness = await createHarness({ throttle: 'off' });
  const pass = harness.createPass({ secret: old });
  await Promise.all(times(devices, async (n) => await pass.client(deviceNumber(n)).accessToken()));
  await pass.close();
  await harness.cache.swap(`${space.replace('tv', 'tv2')}{tag}:c`, null, { value: 'foreign', ttlMs: null });
  await harness.cache.swap(`${space}elsewhere:c`, null, { value: 'of a later version', ttlMs: null });
  return harness;
}

async function entriesOf({ cache }: Harness): Promise<ReadonlyMap<string, string>> {
  const entries = new Map<string, string>();
  for await (const keys of cache.keys?.('') ?? [])
    for (const key of keys) entries.set(key, (await cache.read([key]))[0]?.value ?? '');
  return entries;
}

const none = { resealed: 0, current: 0, changed: 0, unreadable: 0, failed: 0 };
const isLasting = (key: string): boolean =>
  key === formerMeta || (key.startsWith(space) && /(?:\}:c|:meta)$/.test(key));

function isAnother(opened: OpenResult): boolean {
  return opened.ok && Buffer.from(opened.plaintext).toString() === 'another';
}

describe('reseal', () => {
  it('seals every lasting record with the first secret, and touches nothing else', async () => {
    await using harness = await filled();
    const before = await entriesOf(harness);
    const summary = await harness.createPass({ secret }).reseal();
    // The record of the key space was sealed anew before, when it was looked at.
    expect(summary).toEqual({
      ...none,
      examined: devices + ofTheSpace,
      resealed: devices + 1,
      current: 1,
      complete: true,
    });
    const after = await entriesOf(harness);
    expect([...after.keys()].filter(isLasting)).toHaveLength(devices + ofTheSpace);
    const [sealedBefore, sealedAfter] = [createSealer([old]), createSealer([fresh])];
    for (const [key, value] of after) {
      if (!isLasting(key)) expect(value).toBe(before.get(key));
      else expect(sealedAfter.open(key, value)).toEqual(sealedBefore.open(key, before.get(key) ?? ''));
    }
    expect(harness.simulator.ledger.count()).toBe(2 * devices);
  });

  it('finds nothing to do the second time', async () => {
    await using harness = await filled();
    const pass = harness.createPass({ secret });
    await pass.reseal();
    const before = await entriesOf(harness);
    expect(await pass.reseal()).toEqual({
      ...none,
      examined: devices + ofTheSpace,
      current: devices + ofTheSpace,
      complete: true,
    });
    expect(await entriesOf(harness)).toEqual(before);
  });

  it('leaves what it cannot open as it is, and says that it is not complete', async () => {
    await using harness = await filled();
    const { cache } = harness;
    const foreign = createSealer(['a secret that is in no list of this server']);
    const [damaged, sealedOtherwise] = [`${space}{damaged}:c`, `${space}{otherwise}:c`];
    await cache.swap(damaged, null, { value: 'e2.damaged', ttlMs: null });
    await cache.swap(sealedOtherwise, null, {
      value: foreign.seal(sealedOtherwise, Buffer.from('{}')),
      ttlMs: null,
    });
    const before = await cache.read([damaged, sealedOtherwise]);
    expect(await harness.createPass({ secret }).reseal()).toMatchObject({
      resealed: devices + 1,
      unreadable: 2,
      complete: false,
    });
    expect(await cache.read([damaged, sealedOtherwise])).toEqual(before);
  });

  it('gives way to whoever writes or deletes meanwhile', async () => {
    await using harness = await filled();
    const { cache } = harness;
    const sealer = createSealer([fresh]);
    let writes = 0;
    const busy: PassCache = {
      ...cache,
      async swap(key, expected, next) {
        writes += 1;
        if (isLasting(key) && expected !== null && writes % 4 === 1)
          await cache.swap(key, expected, { value: sealer.seal(key, Buffer.from('another')), ttlMs: null });
        if (isLasting(key) && expected !== null && writes % 4 === 3) await cache.swap(key, expected, null);
        return await cache.swap(key, expected, next);
      },
    };
    const summary = await harness.createPass({ secret, cache: busy }).reseal();
    expect(summary).toMatchObject({ unreadable: 0, failed: 0, complete: true });
    expect(summary.changed).toBeGreaterThan(devices / 3);
    expect(summary.resealed + summary.changed + summary.current).toBe(devices + ofTheSpace);
    const others = [...(await entriesOf(harness))].filter(
      ([key, value]) => isLasting(key) && isAnother(sealer.open(key, value)),
    );
    expect(others.length).toBeGreaterThan(devices / 6);
  });

  it('seals what another process has written with the old secret meanwhile', async () => {
    await using harness = await filled();
    const { cache } = harness;
    const sealer = createSealer([old]);
    const written = new Set<string>();
    const busy: PassCache = {
      ...cache,
      async swap(key, expected, next) {
        if (isLasting(key) && !written.has(key)) {
          written.add(key);
          await cache.swap(key, expected, { value: sealer.seal(key, Buffer.from('late')), ttlMs: null });
        }
        return await cache.swap(key, expected, next);
      },
    };
    expect(await harness.createPass({ secret, cache: busy }).reseal()).toMatchObject({ complete: true });
    const after = await entriesOf(harness);
    for (const key of written)
      expect(createSealer([fresh]).open(key, after.get(key) ?? '')).toMatchObject({ ok: true });
  });

  it('counts what the cache would not do, goes on with the rest, and makes up for it the next time', async () => {
    await using harness = await filled();
    const { cache } = harness;
    let calls = 0;
    const unsteady: PassCache = {
      ...cache,
      async swap(...call) {
        calls += 1;
        if (calls % 3 === 0) throw new Error('ECONNRESET');
        return await cache.swap(...call);
      },
    };
    const summary = await harness.createPass({ secret, cache: unsteady }).reseal();
    expect(summary).toMatchObject({ examined: devices + ofTheSpace, complete: false });
    expect(summary.failed).toBeGreaterThan(devices / 4);
    const { resealed, complete } = await harness.createPass({ secret }).reseal();
    expect({ resealed, complete }).toEqual({ resealed: summary.failed, complete: true });
  });

  it('tells how far it is', async () => {
    await using harness = await filled();
    const told: ResealProgress[] = [];
    const { complete, ...counts } = await harness
      .createPass({ secret })
      .reseal({ onProgress: (progress) => told.push(progress) });
    expect(complete).toBe(true);
    expect(told.at(-1)).toEqual(counts);
    expect(told.length).toBeGreaterThan(2);
    for (const [index, { examined, resealed, current, changed, unreadable, failed }] of told.entries()) {
      expect(examined).toBe(resealed + current + changed + unreadable + failed);
      expect(examined).toBeGreaterThan(told[index - 1]?.examined ?? 0);
    }
  });

  it('keeps to its pace', async () => {
    await using harness = await filled();
    const startedAt = performance.now();
    await harness.createPass({ secret }).reseal({ recordsPerSecond: 80 });
    expect(performance.now() - startedAt).toBeGreaterThan((1_000 * devices) / 80);
  });

  it('ends by a signal with the reason of it, and is resumed by running it again', async () => {
    await using harness = await filled();
    const pass = harness.createPass({ secret });
    const stopping = new AbortController();
    const reason = new Error('enough for today');
    let resealed = 0;
    const run = pass.reseal({
      signal: stopping.signal,
      onProgress: (progress) => {
        ({ resealed } = progress);
        if (resealed >= devices / 2) stopping.abort(reason);
      },
    });
    await expect(run).rejects.toBe(reason);
    await expect(pass.reseal({ signal: stopping.signal })).rejects.toBe(reason);
    expect(await pass.reseal()).toMatchObject({ resealed: devices + 1 - resealed, complete: true });
  });

  it('ends when the server shuts down', async () => {
    await using harness = await filled();
    const pass = harness.createPass({ secret });
    const run = pass.reseal({ onProgress: () => void pass.close() });
    await expect(run).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('reseal refuses', () => {
  const message = (text: string): unknown => expect.stringContaining(text);

  it.each<[string, (pass: (options?: object) => Pass) => Promise<unknown>, string]>([
    [
      'a cache that does not list its keys',
      async (pass) => await pass({ keys: undefined }).reseal(),
      'the cache must be one that lists its keys',
    ],
    ['no pace at all', async (pass) => await pass().reseal({ recordsPerSecond: 0 }), 'received 0'],
    [
      'a pace that is no number',
      async (pass) => await pass().reseal({ recordsPerSecond: NaN }),
      'received NaN',
    ],
  ])('%s', async (_, run, text) => {
    await using harness = await filled();
    const before = await entriesOf(harness);
    const outcome = run((members = {}) =>
      harness.createPass({ secret, cache: { ...harness.cache, ...members } }),
    );
    await expect(outcome).rejects.toMatchObject({ code: 'option_invalid', message: message(text) });
    expect(await entriesOf(harness)).toEqual(before);
  });

  it('a list of secrets that only begins a rotation: others may seal with the new one already', async () => {
    await using harness = await filled();
    await expect(harness.createPass({ secret: [old, fresh, old] }).reseal()).rejects.toMatchObject({
      code: 'option_invalid',
      message: message('give every server [new, old] first'),
    });
  });

  it.each<[string, () => AsyncIterable<readonly string[]>]>([
    [
      'fails',
      async function* fail() {
        yield [];
        throw new Error('redis://:hunter2@host');
      },
    ],
    ['answers no keys', () => [7] as never],
    ['answers keys that are none', () => [[7]] as never],
    ['is nothing to walk over', () => ({}) as never],
    [
      'never comes',
      async function* hang() {
        yield [];
        yield await new Promise<never>(() => undefined);
      },
    ],
  ])('to go on with a list of keys that %s', async (_, keys) => {
    await using harness = await filled();
    const run = harness.createPass({ secret, cache: { ...harness.cache, keys } }).reseal({
      // Longer than a batch may take.
      onProgress: () => void setTimeout(() => harness.advance(61_000), 20),
    });
    const error: unknown = await run.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'cache_unavailable' });
    expect(String(error)).not.toContain('hunter2');
  });
});
