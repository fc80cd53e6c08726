import { afterEach, describe, expect, it } from 'vitest';
import type { PassCache } from '../../src/cache/PassCache.js';
import { recordEvents } from '../session/harness.js';
import { SimulatedFleet } from './SimulatedFleet.js';

const minuteMs = 60_000;

describe('a cache that fails', () => {
  const failing: PassCache = {
    scope: 'shared',
    read: async () => await Promise.reject(new Error('ECONNREFUSED')),
    swap: async () => await Promise.reject(new Error('ECONNREFUSED')),
  };

  it('replaces nothing, and keeps nobody from asking', async () => {
    const fleet = new SimulatedFleet({ processes: 1, devicesEach: 100, cache: () => failing });
    const dead = fleet.device(50);
    fleet.expire(fleet.devices, 30_000);
    fleet.adobe = ({ pair }) => pair.clientId !== dead.pair.clientId;
    await fleet.run(5 * minuteMs);
    expect(fleet.replaced).toEqual([]);
    expect(fleet.devices.filter(({ tokenUntil }) => tokenUntil > fleet.now)).toHaveLength(99);
    expect(await fleet.room().refused(dead.pair)).toMatchObject({
      kind: 'suspended',
      failure: { code: 'replacement_suspended', retryAfterMs: 1_000 },
    });
    expect(await fleet.room().takePlace(dead.pair.tag)).toMatchObject({ code: 'replacement_suspended' });
    expect(await fleet.room().mayAsk(dead.pair, false)).toBeNull();
    await expect(fleet.room().allow({ forMs: 1_000, maxDevices: 1 })).rejects.toMatchObject({
      code: 'cache_unavailable',
    });
  });

  it('keeps no refusal from the others for longer than it fails', async () => {
    let isDown = true;
    const fleet = new SimulatedFleet({
      processes: 2,
      devicesEach: 50,
      cache: (cache) => ({
        ...cache,
        swap: async (...call) => await (isDown ? failing : cache).swap(...call),
      }),
    });
    for (const { pair } of fleet.devices.slice(0, 10)) fleet.room(0).refusedHarmlessly(pair);
    await fleet.run(2_000);
    fleet.room(0).refusedHarmlessly(fleet.device(0).pair);
    await fleet.run(2_000);
    isDown = false;
    fleet.room(0).refusedHarmlessly(fleet.device(0).pair);
    await fleet.run(5_000);
    expect(await fleet.room(1).takePlace(fleet.device(51).pair.tag)).not.toBeNull();
  });

  it('replaces nothing where it fails just before the swap', async () => {
    let isDown = false;
    const fleet = new SimulatedFleet({
      processes: 1,
      devicesEach: 100,
      cache: (cache) => ({
        ...cache,
        read: async (...call) => await (isDown ? failing : cache).read(...call),
      }),
    });
    await fleet.warmUp();
    const dead = fleet.device(50);
    fleet.adobe = ({ pair }) => {
      isDown ||= pair.registeredAt > fleet.now - minuteMs;
      return pair.clientId !== dead.pair.clientId;
    };
    fleet.expire([dead]);
    await fleet.run(minuteMs);
    expect(fleet.replaced).toEqual([]);
    expect(isDown).toBe(true);
  });
});

describe('an incident', () => {
  const recordings: Disposable[] = [];
  afterEach(() => recordings.splice(0).forEach((each) => each[Symbol.dispose]()));

  async function refusedFleet(): Promise<SimulatedFleet> {
    const fleet = new SimulatedFleet({ processes: 2, devicesEach: 50 });
    await fleet.warmUp();
    fleet.adobe = () => false;
    fleet.expire(fleet.devices.slice(0, 20));
    await fleet.run(2_000);
    return fleet;
  }

  it('lets a device ask that has no token and was not refused, and one that has a token wait', async () => {
    const fleet = await refusedFleet();
    expect(await fleet.room().mayAsk(fleet.device(40).pair, false)).toBeNull();
    expect(await fleet.room().mayAsk(fleet.device(40).pair, true)).toMatchObject({
      code: 'replacement_suspended',
    });
  });

  it('does not concern the healthy devices of a process that was served for an older pair moments ago', async () => {
    const fleet = await refusedFleet();
    fleet.room().issued(fleet.device(42).pair);
    expect(await fleet.room().mayAsk(fleet.device(44).pair, true)).toBeNull();
    expect(await fleet.room().mayAsk(fleet.device(40).pair, true)).not.toBeNull();
    expect(await fleet.room().mayAsk(fleet.device(2).pair, true)).not.toBeNull();
    await fleet.run(10_250);
    expect(await fleet.room().mayAsk(fleet.device(44).pair, true)).not.toBeNull();
  });

  it('says in how many seconds one may ask again', async () => {
    const fleet = await refusedFleet();
    for (const { pair, process } of fleet.devices.slice(2, 20)) {
      const told = await fleet.room(process).mayAsk(pair, false);
      if (told === null) continue;
      expect(told.retryAfterMs).toBeGreaterThanOrEqual(1_000);
      expect(told.retryAfterMs).toBeLessThanOrEqual(3_000);
    }
  });

  it('begins where a witness is refused, and voids what there was of evidence', async () => {
    const recorded = recordEvents();
    recordings.push(recorded);
    const fleet = new SimulatedFleet({ processes: 1, devicesEach: 500 });
    await fleet.warmUp();
    const dead = fleet.device(300);
    const olderThanIt = fleet.devices.filter(({ number }) => number < 300);
    const witness = olderThanIt.toSorted((a, b) => a.dueAt - b.dueAt)[1];
    const clients = new Set([dead.pair.clientId, witness?.pair.clientId]);
    fleet.adobe = ({ pair }) => !clients.has(pair.clientId);
    fleet.expire([dead]);
    await fleet.run(10_000);
    expect(fleet.replaced).toEqual([]);
    expect(recorded.of('incidentBegan')).toMatchObject([{ cause: 'witness_refused', newly: 2, refused: 2 }]);
    await fleet.run(minuteMs);
    expect(fleet.replaced.map(({ device }) => device)).toEqual([dead]);
    const [{ lastedMs } = { lastedMs: 0 }] = recorded.of('incidentEnded');
    expect(lastedMs).toBeGreaterThanOrEqual(15_000);
    expect(lastedMs).toBeLessThanOrEqual(21_000);
  });

  it('leaves nothing of the evidence from before it', async () => {
    const fleet = new SimulatedFleet({ processes: 1, devicesEach: 500 });
    await fleet.warmUp();
    const dead = fleet.device(300);
    const older = fleet.devices.filter(({ number }) => number < 300).toSorted((a, b) => a.dueAt - b.dueAt);
    const clients = new Set([dead.pair.clientId, older[1]?.pair.clientId]);
    const { pair } = dead;
    fleet.adobe = (ask) => !clients.has(ask.pair.clientId);
    fleet.expire([dead]);
    await fleet.run(2_000);
    dead.dueAt = fleet.now + 22_000;
    const before = fleet.asks.length;
    await fleet.run(40_000);
    expect(fleet.replaced.map(({ device }) => device)).toEqual([dead]);
    const refusals = fleet.asks.slice(before).filter((ask) => ask.pair === pair);
    // Three, and one before the swap.
    expect(refusals.length).toBeGreaterThanOrEqual(4);
  });

  it('is over once those that were refused are served', async () => {
    const fleet = new SimulatedFleet({ processes: 1, devicesEach: 100 });
    await fleet.warmUp();
    const refused = fleet.devices.slice(0, 10);
    for (const { pair } of refused) fleet.room().refusedHarmlessly(pair);
    await fleet.run(2_000);
    expect(await fleet.room().takePlace(fleet.device(50).pair.tag)).not.toBeNull();
    for (const { pair } of refused) fleet.room().issued(pair);
    await fleet.run(90_000);
    expect(await fleet.room().takePlace(fleet.device(50).pair.tag)).toBeNull();
  });

  it('is not over because a new pair is served', async () => {
    const fleet = await refusedFleet();
    const healthy = fleet.device(40).pair;
    fleet.room().issued({ ...fleet.device(0).pair, clientId: 'new', registeredAt: fleet.now });
    await fleet.run(1_250);
    expect(await fleet.room().mayAsk(healthy, true)).not.toBeNull();
    fleet.room().issued({ ...fleet.device(2).pair, registeredAt: fleet.now });
    await fleet.run(1_250);
    expect(await fleet.room().mayAsk(healthy, true)).toBeNull();
  });

  it('costs a process one try a second to be the one that asks, however many devices wait in it', async () => {
    let tries = 0;
    const fleet: SimulatedFleet = new SimulatedFleet({
      processes: 2,
      devicesEach: 50,
      cache: (cache) => ({
        ...cache,
        swap: async (key, ...write) => {
          if (key === fleet.names.probe) tries += 1;
          return await cache.swap(key, ...write);
        },
      }),
    });
    await fleet.warmUp();
    for (const { pair, process } of fleet.devices) fleet.room(process).refusedHarmlessly(pair);
    await fleet.run(6_000);
    const waiting = async (process: number): Promise<number> => {
      const own = fleet.devices.filter((device) => device.process === process);
      const told = await Promise.all(
        own.map(async ({ pair }) => await fleet.room(process).mayAsk(pair, false)),
      );
      return told.filter((each) => each !== null).length;
    };
    // Each has just seen that nobody is the one.
    for (const { pair } of fleet.devices.slice(0, 2))
      for (const room of fleet.rooms) await room.mayAsk({ ...pair, tag: 'not refused' }, true);
    expect([await waiting(0), await waiting(1)]).toEqual([49, 50]);
    expect([await waiting(0), await waiting(1)]).toEqual([50, 50]);
    expect(tries).toBe(2);
  });

  it('suspends whoever is refused, at once, and gives no places', async () => {
    const fleet = await refusedFleet();
    const { pair } = fleet.device(40);
    expect(await fleet.room().refused(pair)).toMatchObject({
      kind: 'suspended',
      failure: { code: 'replacement_suspended' },
    });
    expect(await fleet.room().takePlace(pair.tag)).toMatchObject({ code: 'replacement_suspended' });
  });

  it('is heeded as long as it stands, also by a process that was not refused for minutes', async () => {
    const fleet = new SimulatedFleet({ processes: 3, devicesEach: 50 });
    await fleet.warmUp();
    fleet.adobe = () => false;
    fleet.expire(fleet.devices.filter(({ process, number }) => process < 2 && number < 60));
    fleet.room(2).refusedHarmlessly(fleet.device(2).pair);
    for (let seconds = 0; seconds < 180; seconds += 5) {
      await fleet.run(5_000);
      expect(await fleet.room(2).mayAsk(fleet.device(5).pair, true)).not.toBeNull();
    }
  });

  it('is told of once by each process that notices, with its numbers', async () => {
    const recorded = recordEvents();
    recordings.push(recorded);
    const fleet = await refusedFleet();
    await fleet.run(minuteMs);
    const began = recorded.of('incidentBegan');
    expect(began).toHaveLength(2);
    for (const event of began) expect(event.newly).toBeGreaterThan(2);
    expect(recorded.of('incidentEnded')).toEqual([]);
  });
});

describe('witnesses', () => {
  it('are three early renewals in five seconds at most, however many pairs are dead', async () => {
    const fleet = new SimulatedFleet({ processes: 1, devicesEach: 1_000 });
    await fleet.warmUp();
    const dead = fleet.devices.filter(({ number }) => number % 100 === 99);
    const clients = new Set(dead.map(({ pair }) => pair.clientId));
    fleet.adobe = ({ pair }) => !clients.has(pair.clientId);
    const later = fleet.now + 60 * minuteMs;
    for (const device of fleet.devices) device.dueAt += 60 * minuteMs;
    fleet.expire(dead, 20_000);
    await fleet.run(10 * minuteMs);
    const early = fleet.asks.filter(
      ({ device, hadToken, isServed }) => hadToken && isServed && device.dueAt > later,
    );
    expect(early.length).toBeGreaterThanOrEqual(3);
    expect(
      SimulatedFleet.most(
        early.map(({ at }) => at),
        5_000,
      ),
    ).toBeLessThanOrEqual(3);
  });

  it('are not sought for a single stray refusal', async () => {
    const fleet = new SimulatedFleet({ processes: 1, devicesEach: 100 });
    await fleet.warmUp();
    for (const device of fleet.devices) device.dueAt += 60 * minuteMs;
    const device = fleet.device(50);
    let strays = 1;
    fleet.adobe = () => (strays -= 1) < 0;
    fleet.expire([device]);
    await fleet.run(5 * minuteMs);
    expect(fleet.asks.map((ask) => [ask.device.number, ask.isServed])).toEqual([
      [50, false],
      [50, true],
    ]);
  });

  it('that nobody answers are none: nothing is replaced, and callers are told in the end', async () => {
    const fleet = new SimulatedFleet({ processes: 1, devicesEach: 100 });
    await fleet.warmUp();
    const dead = fleet.device(50);
    fleet.adobe = ({ pair }) => pair.clientId !== dead.pair.clientId;
    for (const device of fleet.devices) device.isAsking = device !== dead;
    fleet.expire([dead]);
    await fleet.run(10 * minuteMs);
    expect(fleet.replaced).toEqual([]);
    // Six soon, then one every five seconds, for three minutes; then a pause of half a minute.
    expect(fleet.asks.length).toBeLessThan(150);
  });
});

describe('refusals', () => {
  it('count only where they are a second apart, and of one pair', async () => {
    const fleet = new SimulatedFleet({ processes: 1, devicesEach: 1 });
    const { pair } = fleet.device(0);
    const room = fleet.room();
    for (let n = 0; n < 10; n += 1) expect(await room.refused(pair)).toMatchObject({ kind: 'again' });
    fleet.clock.advance(30_000);
    expect(await room.refused(pair)).toMatchObject({ kind: 'again' });
    fleet.clock.advance(30_000);
    expect(await room.refused({ ...pair, clientId: 'another' })).toMatchObject({ kind: 'again' });
    expect(await room.refused(pair)).toMatchObject({ kind: 'again' });
  });

  it('are three, however soon the witnesses are there', async () => {
    const fleet = new SimulatedFleet({ processes: 1, devicesEach: 10 });
    const { pair } = fleet.device(9);
    const room = fleet.room();
    const askedOnce = await room.refused(pair);
    fleet.clock.advance(1);
    for (const number of [0, 1, 2]) room.issued(fleet.device(number).pair);
    for (let n = 0; n < 5; n += 1) expect(await room.refused(pair)).toMatchObject({ kind: 'again' });
    fleet.clock.advance(999);
    expect([askedOnce, await room.refused(pair)]).toMatchObject([{ kind: 'again' }, { kind: 'again' }]);
    fleet.clock.advance(1_000);
    expect(await room.refused(pair)).toEqual({ kind: 'proven' });
  });

  it('are not enough for ever: after three minutes the callers are told, and it begins anew', async () => {
    const fleet = new SimulatedFleet({ processes: 1, devicesEach: 10 });
    for (const device of fleet.devices) device.isAsking = true;
    const { pair } = fleet.device(9);
    const verdicts: unknown[] = [];
    for (let seconds = 0; seconds <= 200; seconds += 10) {
      verdicts.push(await fleet.room().refused(pair));
      await fleet.run(10_000);
    }
    const suspended = { kind: 'suspended', failure: { code: 'replacement_suspended', retryAfterMs: 30_000 } };
    expect(verdicts[19]).toMatchObject(suspended);
    expect([...verdicts.slice(0, 19), verdicts[20]]).toMatchObject(
      Array.from({ length: 20 }, () => ({ kind: 'again' })),
    );
  });

  it('of long ago are another story', async () => {
    const fleet = new SimulatedFleet({ processes: 1, devicesEach: 1 });
    const { pair } = fleet.device(0);
    const room = fleet.room();
    for (let n = 0; n < 5; n += 1) {
      expect(await room.refused(pair)).toMatchObject({ kind: 'again' });
      fleet.clock.advance(61_000);
    }
  });

  it('are worth nothing once the pair was served', async () => {
    const fleet = new SimulatedFleet({ processes: 1, devicesEach: 1 });
    const { pair } = fleet.device(0);
    const room = fleet.room();
    for (let n = 0; n < 12; n += 1) {
      expect(await room.refused(pair)).toMatchObject({ kind: 'again' });
      fleet.clock.advance(6_000);
      if (n % 9 === 8) room.issued(pair);
    }
  });

  it('are measured by a clock that no step moves', async () => {
    const fleet = new SimulatedFleet({ processes: 1, devicesEach: 1 });
    const { pair } = fleet.device(0);
    for (let n = 0; n < 5; n += 1) {
      expect(await fleet.room().refused(pair)).toMatchObject({ kind: 'again' });
      fleet.clock.step(30_000);
    }
  });
});

it('a process that met no refusal for a minute asks nobody', async () => {
  const fleet = new SimulatedFleet({ processes: 1, devicesEach: 10 });
  const { pair } = fleet.device(0);
  const room = fleet.room();
  expect(await room.mayAsk(pair, true)).toBeNull();
  room.issued(pair);
  expect(fleet.operations).toBe(0);
  room.refusedHarmlessly(pair);
  await fleet.run(2_000);
  expect(fleet.operations).toBeGreaterThan(0);
  room.issued(pair);
  await fleet.run(minuteMs);
  const before = fleet.operations;
  expect(await room.mayAsk(pair, true)).toBeNull();
  await fleet.run(minuteMs);
  expect(fleet.operations).toBe(before);
});
