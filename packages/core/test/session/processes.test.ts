import { describe, expect, it } from 'vitest';
import type { PassCache } from '../../src/cache/PassCache.js';
import { toProblem } from '../../src/inbound/toProblem.js';
import { briefHold, createHarness, deviceNumber, hourMs, recordEvents, times } from './harness.js';
import { timingForTests, timingWith } from '../../src/testing/timingWith.js';

const device = deviceNumber(1);

describe('several processes on one cache', () => {
  it('register a device once and share its token', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const { simulator } = harness;
    const passes = times(4, () => harness.createPass());
    const tokens = await Promise.all(
      times(1_000, async (index) => await passes[index % 4]?.client(device).accessToken()),
    );
    expect(new Set(tokens).size).toBe(1);
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1);
    expect(simulator.ledger.count({ endpoint: 'token' })).toBe(1);
  });

  it('find a device that was registered before they started', async () => {
    await using harness = await createHarness();
    const { simulator } = harness;
    const first = harness.createPass();
    const token = await first.client(device).accessToken();
    await first.close();
    expect(await harness.createPass().client(device).accessToken()).toBe(token);
    expect(simulator.ledger.count()).toBe(2);
  });
});

const cacheTiming = { readTimeoutMs: 150, swapTimeoutMs: 300 };
/** A cache is given up soon, and an empty one is soon believed to be new. */
const impatient = timingWith({ cache: cacheTiming, recovery: briefHold });

type Breakage = 'rejecting' | 'rejecting reads' | 'hanging' | 'slow' | 'unreadable';

/** The cache as one process sees it, with a switch that breaks it. */
function breakable(cache: PassCache): PassCache & { broken: 'no' | Breakage } {
  const check = async <Value>(work: () => Promise<Value>, self: { broken: string }): Promise<Value> => {
    if (self.broken === 'rejecting') throw new Error('ECONNREFUSED');
    if (self.broken === 'hanging') return await new Promise<Value>(() => undefined);
    // Longer than a read or a write may take: it happens, but nobody hears of it in time.
    if (self.broken === 'slow')
      await new Promise((resolve) => setTimeout(resolve, cacheTiming.swapTimeoutMs + 50));
    return await work();
  };
  return {
    broken: 'no',
    scope: 'shared',
    async read(keys, options) {
      if (this.broken === 'rejecting reads') throw new Error('LOADING');
      const entries = await check(async () => await cache.read(keys, options), this);
      if (this.broken !== 'unreadable') return entries;
      return entries.map((entry) => entry && { ...entry, value: `${entry.value.slice(0, -2)}xx` });
    },
    async swap(key, expected, next, options) {
      return await check(async () => await cache.swap(key, expected, next, options), this);
    },
  };
}

describe.concurrent('a cache that fails', () => {
  it.each(['rejecting', 'rejecting reads', 'hanging', 'slow', 'unreadable'] as const)(
    '%s: turns devices away that are not in memory, registers nobody, and is used again when it has healed',
    async (broken) => {
      await using harness = await createHarness({ throttle: 'off' });
      const { simulator } = harness;
      const cache = breakable(harness.cache);
      const pass = harness.createPass({ cache }, { timing: impatient });
      const [inMemory, registered, unknown] = [deviceNumber(1), deviceNumber(2), deviceNumber(3)];
      await pass.client(inMemory).profiles.all();
      await harness.createPass().client(registered).accessToken();
      const mark = simulator.ledger.mark();

      cache.broken = broken;
      for (const turnedAway of [registered, ...(broken === 'unreadable' ? [] : [unknown])]) {
        const problem = toProblem(
          await pass
            .client(turnedAway)
            .profiles.all()
            .catch((error: unknown) => error),
        );
        expect(problem).toMatchObject({
          status: 503,
          headers: {
            'Content-Type': 'application/problem+json',
            'Retry-After': expect.stringMatching(/^[1-9][0-9]*$/),
          },
          body: {
            code: broken === 'unreadable' ? 'cache_record_unreadable' : 'cache_unavailable',
            status: 503,
            retryAfterMs: expect.any(Number),
          },
        });
      }
      expect(simulator.ledger.count({ since: mark })).toBe(0);
      const others = simulator.ledger.mark();
      await pass.client(inMemory).profiles.all();
      expect(simulator.ledger.entries({ since: others }).map(({ status }) => status)).toEqual([200]);

      cache.broken = 'no';
      await pass.client(registered).profiles.all();
      await pass.client(unknown).profiles.all();
      expect(simulator.ledger.count({ since: others, endpoint: 'profiles', status: 200 })).toBe(3);
      expect(
        simulator.ledger
          .entries({ since: mark, endpoint: 'register' })
          .map(({ forwardedFor }) => forwardedFor),
      ).toEqual([unknown.address]);
    },
  );

  it.each(['rejecting', 'rejecting reads', 'hanging', 'slow'] as const)(
    '%s: is not missed by a device in memory, not even when its token has expired',
    async (broken) => {
      await using harness = await createHarness({ throttle: 'off' });
      const { simulator } = harness;
      const cache = breakable(harness.cache);
      const pass = harness.createPass({ cache }, { timing: impatient });
      await pass.client(device).profiles.all();
      cache.broken = broken;
      harness.advance(6 * hourMs);
      const mark = simulator.ledger.mark();
      await pass.client(device).profiles.all();
      expect(
        simulator.ledger.entries({ since: mark }).map(({ endpoint, status }) => `${endpoint} ${status}`),
      ).toEqual(['token 201', 'profiles 200']);
      expect(simulator.clients()).toHaveLength(1);
    },
  );

  it('is slow, but answers in time: a device is registered once, and before its deadline', async () => {
    await using harness = await createHarness();
    const { simulator } = harness;
    const slow = async <Value>(work: () => Promise<Value>): Promise<Value> => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return await work();
    };
    const slowTiming = timingWith({
      machine: { leaseMs: 1_250, upstreamTimeoutMs: 1_000 },
      cache: { readTimeoutMs: 250, swapTimeoutMs: 500 },
      calls: { deadlineMs: 3_750 },
      recovery: { heldOffAsNewMs: 500, holdRetryMs: 125 },
    });
    const passes = times(2, () =>
      harness.createPass(
        {
          cache: {
            scope: 'shared',
            read: async (keys, options) => await slow(async () => await harness.cache.read(keys, options)),
            swap: async (...swap) => await slow(async () => await harness.cache.swap(...swap)),
          },
        },
        { timing: slowTiming },
      ),
    );
    const startedAt = Date.now();
    const tokens = await Promise.all(passes.map(async (pass) => await pass.client(device).accessToken()));
    expect(Date.now() - startedAt).toBeLessThan(3_750);
    expect(new Set(tokens).size).toBe(1);
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1);
  });

  it('that was filled under another secret registers nobody', async () => {
    await using harness = await createHarness();
    const { simulator } = harness;
    await harness.createPass().client(device).accessToken();
    const mistaken = harness.createPass({ secret: 'another secret of at least 32 characters' });
    await expect(mistaken.client(device).accessToken()).rejects.toMatchObject({
      code: 'secret_mismatch',
      status: 500,
    });
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1);
    const rotated = harness.createPass({
      secret: ['another secret of at least 32 characters', 'a secret for tests only, 0123456789abcdef'],
    });
    await rotated.client(device).accessToken();
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1);
  });

  it('takes a new secret in two deployments, with nobody turned away in between', async () => {
    await using harness = await createHarness();
    const { simulator } = harness;
    const [old, fresh] = [
      'the old secret, at least 32 characters long',
      'the new secret, at least 32 characters long',
    ];
    await harness.createPass({ secret: old }).client(device).accessToken();
    const prepared = harness.createPass({ secret: [old, fresh, old] });
    await harness
      .createPass({ secret: [fresh, old] })
      .client(deviceNumber(2))
      .accessToken();
    await prepared.client(deviceNumber(2)).accessToken();
    await prepared.client(device).accessToken();
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(2);
  });

  it('with a record that cannot be opened turns that device away, and overwrites nothing', async () => {
    await using harness = await createHarness();
    const { simulator } = harness;
    await harness.createPass().client(device).accessToken();
    const damaged: PassCache = {
      scope: 'shared',
      async read(keys) {
        const entries = await harness.cache.read(keys);
        return entries.map((entry, index) =>
          entry !== null && keys[index]?.endsWith(':c') === true
            ? { ...entry, value: `${entry.value.slice(0, -2)}xx` }
            : entry,
        );
      },
      swap: async (key, expected, next) => await harness.cache.swap(key, expected, next),
    };
    const pass = harness.createPass({ cache: damaged });
    await expect(pass.client(device).accessToken()).rejects.toMatchObject({
      code: 'cache_record_unreadable',
      status: 503,
    });
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1);
    await expect(harness.createPass().client(device).accessToken()).resolves.toBeTypeOf('string');
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1);
  });

  it('with a record that cannot be opened is not missed by a device in memory, also when its token ends', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const { simulator } = harness;
    let damaged = false;
    const cache: PassCache = {
      scope: 'shared',
      async read(keys, options) {
        const entries = await harness.cache.read(keys, options);
        return damaged
          ? entries.map((entry) => entry && { ...entry, value: `${entry.value.slice(0, -2)}xx` })
          : entries;
      },
      swap: async (...swap) => await harness.cache.swap(...swap),
    };
    const client = harness.createPass({ cache }).client(device);
    await client.profiles.all();
    damaged = true;
    harness.advance(6 * hourMs);
    const mark = simulator.ledger.mark();
    await client.profiles.all();
    expect(
      simulator.ledger.entries({ since: mark }).map(({ endpoint, status }) => `${endpoint} ${status}`),
    ).toEqual(['token 201', 'profiles 200']);
  });
});

describe('credentials that Adobe Pass refuses', () => {
  // One device alone: nobody else can bear witness, and it shall not take long.
  const replacement = { ...timingForTests.replacement, spanWithFewMs: 0 };
  const timing = timingWith({ replacement, recovery: briefHold });

  it.each([1, 2])('are kept when it refuses them only %i times', async (refusals) => {
    await using harness = await createHarness({ throttle: 'off' });
    const { simulator } = harness;
    const pass = harness.createPass({}, { timing });
    await pass.client(device).accessToken();
    harness.advance(6 * 3_600_000);
    simulator.fault({ endpoint: 'token', count: refusals, effect: { error: 'invalid_client' } });
    const mark = simulator.ledger.mark();
    await pass.client(device).accessToken();
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1);
    const [registered] = simulator.ledger.entries({ endpoint: 'register' });
    expect(
      simulator.ledger.entries({ since: mark }).map(({ status, clientId }) => [status, clientId]),
    ).toEqual([...times(refusals, () => 400), 201].map((status) => [status, registered?.clientId]));
    expect(simulator.clients()).toHaveLength(1);
  });

  it('are kept through one refusal after another, each of them cured', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const { simulator } = harness;
    const pass = harness.createPass({}, { timing });
    for (let renewal = 0; renewal < 4; renewal += 1) {
      await pass.client(device).accessToken();
      harness.advance(6 * 3_600_000);
      simulator.fault({ endpoint: 'token', count: 2, effect: { error: 'invalid_client' } });
    }
    await pass.client(device).accessToken();
    expect(simulator.ledger.count({ endpoint: 'token', status: 400 })).toBe(8);
    expect(simulator.ledger.count({ endpoint: 'token', status: 201 })).toBe(5);
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1);
  });

  it('are replaced in one swap once they are refused for good, after the new pair has proved itself', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    using recording = recordEvents();
    const { simulator } = harness;
    const seenAtSwap: string[][] = [];
    const callsSince = (sequence: number): string[] =>
      simulator.ledger
        .entries({ since: sequence })
        .map(({ endpoint, status, clientId }) => `${endpoint} ${status} ${nameOf(clientId)}`);
    const nameOf = (clientId: string | undefined): string =>
      ['old', 'new'][simulator.clients().findIndex((client) => client.clientId === clientId)] ?? 'unknown';
    let mark = 0;
    const cache: PassCache = {
      scope: 'shared',
      read: async (keys, options) => await harness.cache.read(keys, options),
      async swap(key, expected, next, options) {
        if (key.endsWith(':c') && expected !== null) seenAtSwap.push(callsSince(mark));
        return await harness.cache.swap(key, expected, next, options);
      },
    };
    const pass = harness.createPass({ cache }, { timing });
    await pass.client(device).accessToken();
    const [old] = simulator.clients();
    simulator.revokeClient(old?.clientId ?? '');
    harness.advance(6 * 3_600_000);
    mark = simulator.ledger.mark();
    await Promise.all(times(50, async () => await pass.client(device).accessToken()));
    const calls = [
      ...['token 400 old', 'token 400 old', 'token 400 old'],
      ...['register 201 new', 'token 201 new', 'token 400 old'],
    ];
    expect(callsSince(mark)).toEqual(calls);
    expect(seenAtSwap).toEqual([calls]);
    expect(recording.of('credentialsReplaced')).toMatchObject([{ generation: 2, viewerMustSignIn: true }]);
    const other = harness.createPass();
    await expect(other.client(device).profiles.all()).resolves.toEqual([]);
    expect(callsSince(mark).slice(calls.length)).toEqual(['profiles 200 new']);
    expect(simulator.clients()).toHaveLength(2);
  });

  it('are replaced once, however many processes and requests find them refused', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    using recording = recordEvents();
    const { simulator } = harness;
    const passes = times(4, () => harness.createPass({}, { timing }));
    await Promise.all(passes.map(async (pass) => await pass.client(device).accessToken()));
    simulator.revokeClient(simulator.clients()[0]?.clientId ?? '');
    harness.advance(6 * 3_600_000);
    const mark = simulator.ledger.mark();
    const tokens = await Promise.all(
      times(200, async (index) => await passes[index % 4]?.client(device).accessToken()),
    );
    expect(new Set(tokens).size).toBe(1);
    expect(simulator.ledger.count({ since: mark, endpoint: 'register' })).toBe(1);
    expect(simulator.ledger.count({ since: mark, endpoint: 'token', status: 201 })).toBe(1);
    expect(recording.of('credentialsReplaced')).toHaveLength(1);
  });

  it('are kept when the new pair is refused too, and the next requests do not register one pair after another', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const { simulator } = harness;
    const pass = harness.createPass({}, { timing });
    await pass.client(device).accessToken();
    harness.advance(6 * 3_600_000);
    const refused = simulator.fault({
      endpoint: 'token',
      count: Infinity,
      effect: { error: 'invalid_client' },
    });
    for (let request = 0; request < 5; request += 1) {
      await expect(pass.client(device).accessToken()).rejects.toMatchObject({
        code: 'client_credentials_rejected',
        status: 503,
        retryAfterMs: expect.any(Number),
      });
    }
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(2);
    refused.remove();
    harness.advance(61_000);
    await expect(pass.client(device).accessToken()).resolves.toBeTypeOf('string');
    const [first] = simulator.clients();
    expect(simulator.ledger.entries({ endpoint: 'token', status: 201 }).at(-1)?.clientId).toBe(
      first?.clientId,
    );
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(2);
  });
});

describe('readiness', () => {
  it('comes with the first read of the cache, goes with close, and says what is wrong meanwhile', async () => {
    await using harness = await createHarness();
    const cache = breakable(harness.cache);
    const pass = harness.createPass({ cache });
    cache.broken = 'rejecting';
    expect(await pass.readiness()).toMatchObject({
      ready: false,
      findings: [{ code: 'cache_unavailable' }, { code: 'starting' }],
    });
    cache.broken = 'no';
    expect(await pass.readiness()).toMatchObject({ ready: true, findings: [] });
    cache.broken = 'rejecting';
    expect(await pass.readiness()).toMatchObject({ ready: true, findings: [{ code: 'cache_unavailable' }] });
    await pass.close();
    expect(await pass.readiness()).toMatchObject({ ready: false });
    expect(harness.simulator.ledger.count()).toBe(0);
  });

  it('names a secret that is not the one that filled the cache', async () => {
    await using harness = await createHarness();
    await harness.createPass().client(device).accessToken();
    const mistaken = harness.createPass({ secret: 'another secret of at least 32 characters' });
    expect(await mistaken.readiness()).toMatchObject({
      findings: [{ level: 'error', code: 'secret_mismatch' }],
    });
  });
});

describe('a software statement that cannot be had', () => {
  it('turns new devices away for now, and its error is not quoted', async () => {
    await using harness = await createHarness();
    const pass = harness.createPass({
      softwareStatement: () => Promise.reject(new TypeError('the vault says: hunter2')),
    });
    const error: unknown = await pass
      .client(device)
      .accessToken()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'software_statement_unavailable', status: 503, retryable: true });
    expect((error as Error).message).not.toContain('hunter2');
  });
});
