import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { PassOptions } from '../../src/options.js';
import type { Pass } from '../../src/Pass.js';
import {
  briefHold,
  createHarness,
  deviceNumber,
  hourMs,
  recordEvents,
  times,
  type Harness,
} from '../session/harness.js';
import { timingWith } from '../../src/testing/timingWith.js';
import { defaultTiming, type Timing } from '../../src/timing.js';
import { LosingCache } from './LosingCache.js';

interface Stage extends AsyncDisposable {
  readonly harness: Harness;
  readonly cache: LosingCache;
  /** Another server. It does not wait on an empty cache, unless its timing says so. */
  start(options?: Partial<PassOptions>, timing?: Timing): Pass;
  registrations(): number;
}

const holdingBriefly = timingWith({ recovery: briefHold });

async function createStage(): Promise<Stage> {
  const harness = await createHarness();
  const cache = new LosingCache(harness.clock);
  return {
    harness,
    cache,
    start: (options = {}, timing = holdingBriefly) =>
      harness.createPass({ cache: cache.open(), ...options }, { timing }),
    registrations: () => harness.simulator.ledger.count({ endpoint: 'register' }),
    [Symbol.asyncDispose]: async () => await harness[Symbol.asyncDispose](),
  };
}

/** Ten at a time: on a busy machine more of them outlast the time of a call, and whoever has no answer registers again. */
async function meet(pass: Pass, from: number, to: number): Promise<void> {
  for (let first = from; first < to; first += 10) {
    const many = Math.min(10, to - first);
    await Promise.all(times(many, async (index) => await pass.authenticate(deviceNumber(first + index))));
  }
}

/** Until no pair is looked after any more because it is new. */
async function letPairsAge({ harness, cache }: Stage): Promise<void> {
  harness.advance(hourMs);
  let before = -1;
  while (cache.reads !== before) {
    before = cache.reads;
    await sleep(100);
  }
}

/** One after the other: what is due in between is begun in between. */
async function passSeconds({ harness }: Stage, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    harness.advance(1_000);
    await sleep(20);
  }
}

describe('a pair that a failover has lost', () => {
  it('is put back when the cache reconnects, before another server registers the device', async () => {
    await using stage = await createStage();
    const [one, other] = [stage.start(), stage.start()];
    await meet(one, 0, 3);
    const failOver = stage.cache.snapshot();
    await meet(one, 3, 13);
    failOver();
    stage.cache.reconnect();
    const others = meet(other, 0, 13);
    await expect.poll(() => stage.cache.storedPairs).toBe(13);
    stage.harness.advance(2_000);
    await others;
    expect(stage.registrations()).toBe(13);
  });

  it('is put back two seconds after it was stored, though nobody noticed a failover', async () => {
    await using stage = await createStage();
    const pass = stage.start();
    await meet(pass, 0, 2);
    stage.cache.loseCredentials(2);
    stage.harness.advance(2_000);
    await expect.poll(() => stage.cache.storedPairs).toBe(2);
  });

  it('is put back half a minute after it was stored', async () => {
    await using stage = await createStage();
    const pass = stage.start();
    await meet(pass, 0, 2);
    stage.harness.advance(2_000);
    stage.cache.loseCredentials(2);
    stage.harness.advance(28_000);
    await expect.poll(() => stage.cache.storedPairs).toBe(2);
  });

  it('is put back however old it is', async () => {
    await using stage = await createStage();
    using recording = recordEvents();
    const pass = stage.start();
    await meet(pass, 0, 60);
    await letPairsAge(stage);
    stage.cache.loseCredentials(60);
    stage.cache.reconnect();
    await expect.poll(() => stage.cache.storedPairs, { timeout: 10_000 }).toBe(60);
    expect(recording.of('cacheLostData')).toMatchObject([{ pairsToCheck: 60 }]);
    expect(stage.registrations()).toBe(60);
  });

  it('costs a look at two of each part of the cache and nothing else where nothing was lost', async () => {
    await using stage = await createStage();
    using recording = recordEvents();
    const pass = stage.start();
    await meet(pass, 0, 200);
    await letPairsAge(stage);
    stage.cache.reads = 0;
    stage.cache.reconnect();
    await sleep(300);
    expect(stage.cache.reads).toBeGreaterThan(20);
    // The record of the key space and the holds, and a look or two that were due meanwhile.
    expect(stage.cache.reads).toBeLessThanOrEqual(128 + 6);
    expect(recording.of('cacheLostData')).toEqual([]);
  });
});

describe('a cache that was emptied', () => {
  it('is noticed by the next registration, which waits until every server has put its pairs back', async () => {
    await using stage = await createStage();
    using recording = recordEvents();
    const [one, other] = [stage.start(), stage.start()];
    await meet(one, 0, 20);
    await meet(other, 20, 21);
    await letPairsAge(stage);
    stage.cache.flush();
    const late = meet(other, 0, 20);
    await expect.poll(() => recording.of('cacheLostData').length).toBe(1);
    // The first server looks every second.
    stage.harness.advance(1_000);
    await expect.poll(() => stage.cache.storedPairs, { timeout: 5_000 }).toBe(21);
    await passSeconds(stage, 11);
    await late;
    expect(stage.registrations()).toBe(21);
  });

  it('is noticed again the next time', async () => {
    await using stage = await createStage();
    const pass = stage.start();
    await meet(pass, 0, 5);
    await letPairsAge(stage);
    for (let round = 0; round < 2; round += 1) {
      stage.cache.flush();
      stage.harness.advance(5_000);
      await expect.poll(() => stage.cache.storedPairs, { timeout: 5_000 }).toBe(5);
      // What has been restored names the whole anew.
      stage.harness.advance(5_000);
      await sleep(50);
    }
    expect(stage.registrations()).toBe(5);
  });

  it('keeps a new device waiting, but not beyond its patience', async () => {
    await using stage = await createStage();
    const pass = stage.start();
    await meet(pass, 0, 1);
    await letPairsAge(stage);
    stage.cache.flush();
    const late = meet(pass, 1, 2);
    await sleep(50);
    expect(stage.registrations()).toBe(1);
    stage.harness.advance(10_000);
    await late;
    expect(stage.registrations()).toBe(2);
  });

  it('is not taken for a new one by a server that has just started', async () => {
    await using stage = await createStage();
    await meet(stage.start(), 0, 20);
    await letPairsAge(stage);
    stage.cache.flush();
    const late = meet(stage.start({}, defaultTiming), 0, 20);
    await expect.poll(() => stage.cache.isHeld).toBe(true);
    stage.harness.advance(1_000);
    await expect.poll(() => stage.cache.storedPairs, { timeout: 5_000 }).toBe(20);
    stage.harness.advance(10_000);
    await late;
    expect(stage.registrations()).toBe(20);
  });

  it('is noticed by a server that has registered nobody itself', async () => {
    await using stage = await createStage();
    const one = stage.start();
    await meet(one, 0, 5);
    await meet(stage.start(), 0, 5);
    await one.close();
    await letPairsAge(stage);
    stage.cache.flush();
    stage.harness.advance(1_000);
    await expect.poll(() => stage.cache.storedPairs, { timeout: 5_000 }).toBe(5);
  });

  it('keeps new devices waiting at every server for as long as any puts pairs back', async () => {
    await using stage = await createStage();
    const [one, other] = [stage.start(), stage.start()];
    await meet(one, 0, 750);
    await meet(other, 750, 751);
    const before = stage.registrations();
    await letPairsAge(stage);
    stage.cache.flush();
    stage.harness.advance(1_000);
    await expect.poll(() => stage.cache.isHeld).toBe(true);
    const fresh = meet(stage.start(), 751, 752);
    let isServed = false;
    fresh.then(
      () => (isServed = true),
      () => undefined,
    );
    await expect.poll(() => stage.cache.storedPairs, { timeout: 10_000 }).toBe(751);
    expect(isServed).toBe(false);
    expect(stage.registrations()).toBe(before);
    await passSeconds(stage, 11);
    await fresh;
    expect(stage.registrations()).toBe(before + 1);
  });
});

describe('a cache that nobody has used before', () => {
  it('is registered in after two seconds, in which a server that knows better would have said so', async () => {
    await using stage = await createStage();
    const first = meet(stage.start({}, defaultTiming), 0, 1);
    await expect.poll(() => stage.cache.isHeld).toBe(true);
    const other = meet(stage.start({}, defaultTiming), 1, 2);
    await sleep(100);
    expect(stage.registrations()).toBe(0);
    stage.harness.advance(2_000);
    await Promise.all([first, other]);
    expect(stage.registrations()).toBe(2);
  });
});

describe('a check that the cache does not answer', () => {
  it('is made again', async () => {
    await using stage = await createStage();
    const pass = stage.start();
    await meet(pass, 0, 9);
    await letPairsAge(stage);
    stage.cache.loseCredentials(2);
    stage.cache.isAway = true;
    stage.cache.reconnect();
    await sleep(100);
    stage.cache.isAway = false;
    expect(stage.cache.storedPairs).toBe(7);
    stage.harness.advance(1_000);
    await expect.poll(() => stage.cache.storedPairs).toBe(9);
  });

  it('is made again less and less often, and never given up', async () => {
    await using stage = await createStage();
    using recording = recordEvents();
    const pass = stage.start();
    await meet(pass, 0, 1);
    await letPairsAge(stage);
    stage.cache.loseCredentials(1);
    stage.cache.isAway = true;
    stage.cache.reconnect();
    await passSeconds(stage, 40);
    expect(recording.of('cacheFailed').length).toBeLessThan(16);
    stage.cache.isAway = false;
    await passSeconds(stage, 31);
    expect(stage.cache.storedPairs).toBe(1);
  });
});

describe('while the cache is away', () => {
  it('a device that is not in memory is turned away, and the others go on', async () => {
    await using stage = await createStage();
    const pass = stage.start();
    await meet(pass, 0, 1);
    stage.cache.isAway = true;
    await pass.authenticate(deviceNumber(0));
    await expect(pass.authenticate(deviceNumber(1))).rejects.toMatchObject({
      code: 'cache_unavailable',
      status: 503,
      headers: { 'Retry-After': '1' },
    });
    expect(stage.registrations()).toBe(1);
  });

  it('is registered in memory where that was chosen, and stored once the cache is back', async () => {
    await using stage = await createStage();
    using recording = recordEvents();
    const pass = stage.start({ onCacheDown: 'ephemeral' });
    await meet(pass, 0, 1);
    stage.cache.isAway = true;
    await meet(pass, 1, 2);
    expect(recording.of('credentialsEphemeral')).toHaveLength(1);
    stage.cache.isAway = false;
    stage.cache.reconnect();
    await expect.poll(() => stage.cache.storedPairs).toBe(2);
    await meet(stage.start(), 1, 2);
    expect(stage.registrations()).toBe(2);
  });

  it('gives its pair in memory up for the one that was stored all along', async () => {
    await using stage = await createStage();
    const { simulator } = stage.harness;
    await meet(stage.start(), 0, 1);
    const pass = stage.start({ onCacheDown: 'ephemeral' });
    stage.cache.isAway = true;
    await meet(pass, 0, 1);
    stage.cache.isAway = false;
    stage.cache.reconnect();
    await sleep(100);
    const before = simulator.ledger.count({ endpoint: 'token' });
    await meet(pass, 0, 1);
    // The token of the stored pair is in the cache.
    expect(simulator.ledger.count({ endpoint: 'token' })).toBe(before);
    await pass.client(deviceNumber(0)).profiles.all();
    const clients = new Set(
      simulator.ledger.entries({ endpoint: 'profiles' }).map(({ clientId }) => clientId),
    );
    const [first] = simulator.ledger.entries({ endpoint: 'token' }).map(({ clientId }) => clientId);
    expect(clients).toEqual(new Set([first]));
  });
});

it('a closed Pass listens to its cache no more', async () => {
  await using stage = await createStage();
  const pass = stage.start();
  await meet(pass, 0, 1);
  expect(stage.cache.listeners).toBe(1);
  await pass.close();
  expect(stage.cache.listeners).toBe(0);
  stage.cache.reads = 0;
  stage.harness.advance(60_000);
  expect(stage.cache.reads).toBe(0);
});

it('a Pass has closed only when all that it asked of the others is answered, though a part of it failed', async () => {
  await using stage = await createStage();
  const cache = stage.cache.open();
  const unanswered: (() => void)[] = [];
  const pass = stage.start({
    cache: {
      ...cache,
      async read(keys, options) {
        if (keys[0]?.endsWith(':recovery') === true) throw new Error('the connection broke');
        if (keys[0]?.endsWith(':hold') === true)
          await new Promise<void>((resolve) => unanswered.push(resolve));
        return await cache.read(keys, options);
      },
    },
  });
  stage.cache.reconnect();
  let hasClosed = false;
  const closed = pass.close().then(() => (hasClosed = true));
  await sleep(50);
  expect(unanswered).toHaveLength(1);
  expect(hasClosed).toBe(false);
  for (const answer of unanswered) answer();
  await closed;
});

it('a cache that says at once that it is back does no harm, however often it says so', async () => {
  await using stage = await createStage();
  const cache = stage.cache.open();
  const pass = stage.start({
    cache: {
      ...cache,
      onReconnect(listener) {
        listener();
        const end = cache.onReconnect?.(listener) ?? (() => undefined);
        listener();
        return end;
      },
    },
  });
  const met = meet(pass, 0, 1);
  await sleep(50);
  stage.harness.advance(2_500);
  await met;
  expect(stage.registrations()).toBe(1);
  await pass.close();
  expect(stage.cache.listeners).toBe(0);
});
