import { describe, expect, it } from 'vitest';
import type { PassCache } from '../../src/cache/PassCache.js';
import type { Device } from '../../src/device/Device.js';
import type { Pass } from '../../src/Pass.js';
import { nextPair } from '../../src/registration/record.js';
import { timingWith } from '../../src/testing/timingWith.js';
import {
  briefHold,
  createHarness,
  deviceNumber,
  hourMs,
  recordEvents,
  times,
  type Harness,
} from './harness.js';
import { credentialsKey, StoredPairs } from './storedPairs.js';

const device = deviceNumber(1);
const minuteMs = 60_000;

type Breakage = 'none' | 'applies, and rejects' | 'rejects' | 'hangs';

/** The cache as one process sees it: what it asks of the credentials of the device, and what goes wrong with that. */
class WatchedCache implements PassCache {
  readonly scope = 'shared';
  readonly asked: string[] = [];
  /** Of one write to the credentials; of every question while `isDown`. */
  nextWrite: Breakage = 'none';
  isDown = false;
  onWrite: () => void = () => undefined;
  readonly #cache: PassCache;
  readonly #key = credentialsKey(device);

  constructor({ cache }: Harness) {
    this.#cache = cache;
  }

  async read(...[keys, options]: Parameters<PassCache['read']>): ReturnType<PassCache['read']> {
    if (keys.includes(this.#key)) this.asked.push(options?.strong === true ? 'strong read' : 'read');
    if (this.isDown) throw new Error('ECONNREFUSED');
    return await this.#cache.read(keys, options);
  }

  async swap(...write: Parameters<PassCache['swap']>): ReturnType<PassCache['swap']> {
    if (write[0] !== this.#key) {
      if (this.isDown) throw new Error('ECONNREFUSED');
      return await this.#cache.swap(...write);
    }
    this.asked.push('swap');
    this.onWrite();
    const breakage = this.isDown ? 'rejects' : this.nextWrite;
    this.nextWrite = 'none';
    if (breakage === 'hangs') return await new Promise(() => undefined);
    if (breakage === 'rejects') throw new Error('ECONNREFUSED');
    const result = await this.#cache.swap(...write);
    if (breakage === 'applies, and rejects') throw new Error('ECONNRESET');
    return result;
  }

  /** What was asked since the last time. */
  take(): readonly string[] {
    return this.asked.splice(0);
  }
}

async function createSession(pass: Pass, signal?: AbortSignal, of: Device = device): Promise<void> {
  const form = { mvpd: 'Cablevision', domainName: 'adobe.com', redirectUrl: 'https://tv.example/' };
  await pass.client(of).request('POST', '/api/v2/REF30/sessions', { form }, { signal });
}

/** Which pairs the calls to create a session were made with. */
function boundTo({ simulator }: Harness): readonly (string | undefined)[] {
  const issued = simulator.ledger.entries({ endpoint: 'token' });
  return simulator.ledger
    .entries({ endpoint: 'createSession' })
    .map((call) => issued.find(({ issuedToken }) => issuedToken === call.presentedToken)?.clientId);
}

async function begin() {
  const harness = await createHarness({ throttle: 'off' });
  const cache = new WatchedCache(harness);
  const timing = timingWith({
    recovery: { ...briefHold, checkNewPairsAfterMs: [] },
    cache: { readTimeoutMs: 100, swapTimeoutMs: 100 },
  });
  const pass = harness.createPass({ cache }, { timing });
  const pairs = new StoredPairs(harness);
  await pass.client(device).accessToken();
  // The first run gives its lease back after it has answered.
  await expect.poll(async () => (await pass.readiness()).ready).toBe(true);
  cache.take();
  const { clientId } = await pairs.of(device);
  return {
    harness,
    cache,
    pass,
    pairs,
    clientId,
    [Symbol.asyncDispose]: async () => await harness[Symbol.asyncDispose](),
  };
}

describe('a call that may bind a viewer', () => {
  it('costs one round trip: a swap that marks the pair before the call leaves', async () => {
    await using stage = await begin();
    const { harness, cache, pass, pairs, clientId } = stage;
    let sentBefore = -1;
    cache.onWrite = () => (sentBefore = harness.simulator.ledger.count({ endpoint: 'createSession' }));
    await createSession(pass);
    expect(cache.take()).toEqual(['swap']);
    expect(sentBefore).toBe(0);
    expect(boundTo(harness)).toEqual([clientId]);
    const { boundAt } = await pairs.of(device);
    expect(Math.abs((boundAt ?? 0) - harness.clock.now())).toBeLessThan(2_000);
  });

  it('within a minute of another looks, and writes nothing', async () => {
    await using stage = await begin();
    const { harness, cache, pass, pairs } = stage;
    await createSession(pass);
    const { boundAt } = await pairs.of(device);
    cache.take();
    await createSession(pass);
    expect(cache.take()).toEqual(['strong read']);
    expect((await pairs.of(device)).boundAt).toBe(boundAt);
    harness.advance(minuteMs);
    await createSession(pass);
    // What is looked at once a minute may come beside it.
    expect(cache.take()).toContain('swap');
  });

  it('shares its look with a hundred others of the device', async () => {
    await using stage = await begin();
    const { harness, cache, pass } = stage;
    await Promise.all(times(100, async () => await createSession(pass)));
    expect(cache.take()).toEqual(['swap']);
    expect(harness.simulator.ledger.count({ endpoint: 'createSession' })).toBe(100);
  });

  it('of a device that nobody knows registers it first, once', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const pass = harness.createPass();
    await Promise.all(times(20, async () => await createSession(pass)));
    const pair = await new StoredPairs(harness).of(device);
    expect(pair.boundAt).not.toBeNull();
    expect(harness.simulator.ledger.count({ endpoint: 'register' })).toBe(1);
    expect(new Set(boundTo(harness))).toEqual(new Set([pair.clientId]));
  });

  it.each([
    ['GET', '/api/v2/REF30/profiles/Cablevision'],
    ['GET', '/api/v2/REF30/sessions/ABC1234'],
    ['POST', '/api/v2/REF30/decisions/authorize/Cablevision'],
  ] as const)('is none that asks %s %s: the cache is not asked', async (method, path) => {
    await using stage = await begin();
    const { cache, pass } = stage;
    await pass
      .client(device)
      .request(method, path)
      .catch(() => undefined);
    expect(cache.take()).toEqual([]);
  });
});

describe('a pair that another process has changed', () => {
  it('and only marked a moment ago needs no write', async () => {
    await using stage = await begin();
    const { harness, cache, pass } = stage;
    const other = harness.createPass();
    await createSession(other);
    await createSession(pass);
    expect(cache.take()).toEqual(['swap']);
  });

  it('is marked in two round trips', async () => {
    await using stage = await begin();
    const { cache, pass, pairs, clientId } = stage;
    await pairs.change(device, (record) => ({ ...record, signedInAt: 1_000 }));
    await createSession(pass);
    expect(cache.take()).toEqual(['swap', 'swap']);
    expect(await pairs.of(device)).toMatchObject({
      clientId,
      signedInAt: 1_000,
      boundAt: expect.any(Number),
    });
  });

  it('for another one: the call goes out with that, and its token', async () => {
    await using stage = await begin();
    const { harness, pass, pairs } = stage;
    const otherDevice = deviceNumber(2);
    await harness.createPass().client(otherDevice).accessToken();
    const other = await pairs.of(otherDevice);
    await pairs.change(device, (record) => nextPair(other, record));
    using events = recordEvents();
    await createSession(pass);
    expect(boundTo(harness)).toEqual([other.clientId]);
    expect(await pairs.of(device)).toMatchObject({ clientId: other.clientId, boundAt: expect.any(Number) });
    expect(events.of('credentialsChanged')).toMatchObject([{ generation: 2 }]);
    expect(harness.simulator.ledger.count({ endpoint: 'register' })).toBe(2);
  });

  it('for one that knows nothing of it: the one that a viewer has signed in with counts for both', async () => {
    await using stage = await begin();
    const { harness, pass, pairs, clientId } = stage;
    const otherDevice = deviceNumber(2);
    await harness.createPass().client(otherDevice).accessToken();
    const other = { ...(await pairs.of(otherDevice)), signedInAt: harness.clock.now() - hourMs };
    await pairs.change(device, () => other);
    await createSession(pass);
    expect(boundTo(harness)).toEqual([other.clientId]);
    expect(await pairs.of(device)).toMatchObject({
      clientId: other.clientId,
      generation: 2,
      boundAt: expect.any(Number),
      earlier: [{ clientId }],
    });
  });

  it('that the cache has lost is put back, marked, before the call leaves', async () => {
    await using stage = await begin();
    const { harness, pass, pairs, clientId } = stage;
    await pairs.lose(device);
    await createSession(pass);
    expect(await pairs.of(device)).toMatchObject({ clientId, generation: 1, boundAt: expect.any(Number) });
    expect(boundTo(harness)).toEqual([clientId]);
    expect(harness.simulator.ledger.count({ endpoint: 'register' })).toBe(1);
  });
});

describe('a device that was forgotten', () => {
  it('is registered anew by a process that still remembers it, before its viewer is bound', async () => {
    await using stage = await begin();
    const { harness, pass, pairs, clientId } = stage;
    await harness.createPass().forget(device);
    await createSession(pass);
    const anew = await pairs.of(device);
    expect(anew.clientId).not.toBe(clientId);
    expect(anew.boundAt).not.toBeNull();
    expect(boundTo(harness)).toEqual([anew.clientId]);
  });
});

describe('callers who come while a pair is confirmed', () => {
  it('and has no token yet are not served by a look that was made before they came', async () => {
    await using stage = await begin();
    const { harness, cache, pass, pairs } = stage;
    const otherDevice = deviceNumber(2);
    await harness.createPass().client(otherDevice).accessToken();
    const other = await pairs.of(otherDevice);
    await pairs.change(device, (record) => nextPair(other, record));
    harness.simulator.fault({ endpoint: 'token', effect: { answerDelayMs: 200 } });
    const first = createSession(pass);
    // The pair is confirmed; its token is on the way.
    await expect.poll(() => harness.simulator.ledger.count({ endpoint: 'token', status: 'pending' })).toBe(1);
    cache.take();
    const second = createSession(pass);
    await Promise.all([first, second]);
    expect(cache.take()).toEqual(['strong read']);
    expect(boundTo(harness)).toEqual([other.clientId, other.clientId]);
  });

  it('and whose token is rejected too often are turned away alone', async () => {
    await using stage = await begin();
    const { harness, cache, pass } = stage;
    harness.simulator.fault({ endpoint: 'profiles', count: Infinity, effect: { status: 401 } });
    const rejected = { code: 'access_token_rejected' };
    await expect(pass.client(device).profiles.all()).rejects.toMatchObject(rejected);
    cache.nextWrite = 'hangs';
    const [bound, other] = await Promise.allSettled([
      createSession(pass),
      pass.client(device).profiles.all(),
    ]);
    expect(other).toMatchObject({ status: 'rejected', reason: rejected });
    expect(bound).toMatchObject({ status: 'fulfilled' });
  });
});

describe('a cache that does not answer the swap', () => {
  it.each(['applies, and rejects', 'rejects', 'hangs'] as const)(
    '(%s) and still has the pair: the call goes out, and the mark is not lost',
    async (breakage) => {
      await using stage = await begin();
      const { harness, cache, pass, pairs, clientId } = stage;
      cache.nextWrite = breakage;
      await createSession(pass);
      expect(cache.take()).toEqual(['swap', 'strong read']);
      expect(boundTo(harness)).toEqual([clientId]);
      const markedAt = harness.clock.now();
      // If nowhere else, it is in memory, and stored with the next renewal.
      harness.advance(6 * hourMs);
      await pass.client(device).accessToken();
      expect(Math.abs(((await pairs.of(device)).boundAt ?? 0) - markedAt)).toBeLessThan(2_000);
    },
  );

  it('nor anything else binds nobody: the call is not sent, and others go on', async () => {
    await using stage = await begin();
    const { harness, cache, pass } = stage;
    cache.isDown = true;
    await expect(createSession(pass)).rejects.toMatchObject({ code: 'cache_unavailable', status: 503 });
    expect(cache.take()).toEqual(['swap', 'strong read', 'strong read']);
    expect(harness.simulator.ledger.count({ endpoint: 'createSession' })).toBe(0);
    expect(await pass.client(device).profiles.all()).toEqual([]);
    cache.isDown = false;
    await createSession(pass);
    expect(harness.simulator.ledger.count({ endpoint: 'createSession' })).toBe(1);
  });

  it('binds all the same where the operator prefers that to an error', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const cache = new WatchedCache(harness);
    cache.isDown = true;
    const pass = harness.createPass({ cache, onCacheDown: 'ephemeral' });
    await createSession(pass);
    const [clientId] = boundTo(harness);
    expect(clientId).toBeDefined();
    cache.isDown = false;
    harness.advance(minuteMs);
    await createSession(pass);
    expect(await new StoredPairs(harness).of(device)).toMatchObject({
      clientId,
      generation: 1,
      boundAt: expect.any(Number),
    });
    expect(harness.simulator.clients()).toHaveLength(1);
  });

  it('keeps nobody longer than he waits, and each leaves alone', async () => {
    await using stage = await begin();
    const { harness, cache, pass } = stage;
    cache.nextWrite = 'hangs';
    const leaving = new AbortController();
    const left = createSession(pass, leaving.signal);
    const staying = createSession(pass);
    leaving.abort('gone');
    await expect(left).rejects.toBe('gone');
    await staying;
    expect(harness.simulator.ledger.count({ endpoint: 'createSession' })).toBe(1);
  });
});

describe('a sign-in that an answer shows', () => {
  const signedInAt = async (pairs: StoredPairs): Promise<number | null> =>
    (await pairs.of(device)).signedInAt;

  it('is noted with the pair once a day, in whichever process it is seen', async () => {
    await using stage = await begin();
    const { harness, cache, pass, pairs } = stage;
    const { simulator } = harness;
    await pass.client(device).profiles.all();
    expect(cache.take()).toEqual([]);
    simulator.signIn({ deviceIdentifier: device.identifier, serviceProvider: 'REF30', mvpd: 'Cablevision' });
    for (let calls = 0; calls < 3; calls += 1) await pass.client(device).profiles.all();
    await expect.poll(async () => await signedInAt(pairs)).not.toBeNull();
    expect(cache.take()).toEqual(['swap']);
    const noted = await signedInAt(pairs);

    const other = new WatchedCache(harness);
    const second = harness.createPass({ cache: other });
    await second.client(device).profiles.all();
    await second.client(device).profiles.all();
    expect(other.take().filter((asked) => asked === 'swap')).toEqual([]);

    harness.advance(24 * hourMs);
    await pass.client(device).profiles.all();
    await expect.poll(async () => await signedInAt(pairs)).toBeGreaterThan(noted ?? Infinity);
  });

  it('in the answer to any request about profiles counts as well', async () => {
    await using stage = await begin();
    const { harness, pass, pairs } = stage;
    harness.simulator.signIn({
      deviceIdentifier: device.identifier,
      serviceProvider: 'REF30',
      mvpd: 'Cablevision',
    });
    await pass.client(device).request('GET', '/api/v2/REF30/profiles');
    await expect.poll(async () => await signedInAt(pairs)).not.toBeNull();
  });

  it('is in memory before it is stored, and goes with a pair that is put back', async () => {
    await using stage = await begin();
    const { harness, cache, pass, pairs } = stage;
    harness.simulator.signIn({
      deviceIdentifier: device.identifier,
      serviceProvider: 'REF30',
      mvpd: 'Cablevision',
    });
    cache.nextWrite = 'rejects';
    await pass.client(device).profiles.all();
    await expect.poll(() => cache.take()).toEqual(['swap']);
    expect(await signedInAt(pairs)).toBeNull();
    await pairs.lose(device);
    await createSession(pass);
    expect(await signedInAt(pairs)).not.toBeNull();
  });
});
