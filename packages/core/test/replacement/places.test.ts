import { afterEach, describe, expect, it } from 'vitest';
import { recordEvents, times } from '../session/harness.js';
import { SimulatedFleet, type SimulatedDevice } from './SimulatedFleet.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** As if the devices were proven dead one after the other, at process after process. Who got a place. */
async function placesOf(
  fleet: SimulatedFleet,
  devices: readonly SimulatedDevice[],
): Promise<readonly number[]> {
  const placed: number[] = [];
  for (const { number, process, pair } of devices) {
    if ((await fleet.room(process).takePlace(pair.tag)) === null) placed.push(number);
  }
  return placed;
}

describe('the places of those whose pair may be changed', () => {
  it('are five in any five minutes, for the whole fleet, whoever asks', async () => {
    const fleet = new SimulatedFleet({ processes: 7, devicesEach: 30 });
    expect(await placesOf(fleet, fleet.devices.slice(0, 3))).toHaveLength(3);
    await fleet.run(4 * minuteMs);
    expect(await placesOf(fleet, fleet.devices.slice(3, 50))).toHaveLength(2);
    await fleet.run(minuteMs - 1_000);
    expect(await placesOf(fleet, fleet.devices.slice(50, 60))).toHaveLength(0);
    await fleet.run(1_000);
    expect(await placesOf(fleet, fleet.devices.slice(60, 100))).toHaveLength(3);
  });

  it('are as few where all ask at once', async () => {
    const fleet = new SimulatedFleet({ processes: 20, devicesEach: 5 });
    const answers = await Promise.all(
      fleet.devices.map(async ({ process, pair }) => await fleet.room(process).takePlace(pair.tag)),
    );
    expect(answers.filter((answer) => answer === null)).toHaveLength(5);
    for (const answer of answers.filter((each) => each !== null)) {
      expect(answer).toMatchObject({ code: 'replacement_suspended', retryAfterMs: 5 * minuteMs });
    }
  });

  it('say truly when the next one is free', async () => {
    const fleet = new SimulatedFleet({ processes: 1, devicesEach: 10 });
    await placesOf(fleet, fleet.devices.slice(0, 5));
    await fleet.run(2 * minuteMs);
    expect(await fleet.room().takePlace(fleet.device(6).pair.tag)).toMatchObject({
      retryAfterMs: 3 * minuteMs,
    });
  });

  it('are a thousandth of the devices of the process that served most', async () => {
    const fleet = new SimulatedFleet({ processes: 2, devicesEach: 1 });
    for (let n = 0; n < 12_000; n += 1)
      fleet
        .room(1)
        .issued({ tag: fleet.names.deviceTag(Buffer.from(`${n}`)), clientId: `${n}`, registeredAt: 1 });
    await fleet.run(minuteMs);
    fleet.room(1).issued(fleet.device(1).pair);
    await fleet.run(1_000);
    const tags = times(100, (n) => fleet.names.deviceTag(Buffer.from(`other ${n}`)));
    let taken = 0;
    for (const tag of tags) if ((await fleet.room(0).takePlace(tag)) === null) taken += 1;
    // Five tries at random places may miss the last one.
    expect(taken).toBeGreaterThanOrEqual(10);
    expect(taken).toBeLessThanOrEqual(13);
  });
});

describe('a device whose pair was changed twice', () => {
  it('is not changed again for a day, whoever asks', async () => {
    const fleet = new SimulatedFleet({ processes: 3, devicesEach: 1 });
    const { tag } = fleet.device(0).pair;
    expect(await fleet.room(0).takePlace(tag)).toBeNull();
    await fleet.run(hourMs);
    expect(await fleet.room(1).takePlace(tag)).toBeNull();
    await fleet.run(hourMs);
    expect(await fleet.room(2).takePlace(tag)).toMatchObject({
      code: 'replacement_suspended',
      retryAfterMs: 23 * hourMs,
    });
    fleet.clock.advance(23 * hourMs);
    expect(await fleet.room(2).takePlace(tag)).toBeNull();
  });

  it('is changed again where one of the changes came to nothing, because another process was first', async () => {
    const fleet = new SimulatedFleet({ processes: 2, devicesEach: 1 });
    const { tag } = fleet.device(0).pair;
    for (let change = 0; change < 2; change += 1) expect(await fleet.room(0).takePlace(tag)).toBeNull();
    fleet.room(0).placeUnused(tag);
    await fleet.run(minuteMs);
    expect(await fleet.room(1).takePlace(tag)).toBeNull();
    expect(await fleet.room(1).takePlace(tag)).not.toBeNull();
  });

  it('is changed again by the word of the operator', async () => {
    const fleet = new SimulatedFleet({ processes: 2, devicesEach: 1 });
    const { tag } = fleet.device(0).pair;
    for (let change = 0; change < 2; change += 1) expect(await fleet.room(0).takePlace(tag)).toBeNull();
    await fleet.room(1).allow({ forMs: minuteMs, maxDevices: 1 });
    expect(await fleet.room(0).takePlace(tag)).toBeNull();
  });
});

describe('the word of the operator', () => {
  const recordings: Disposable[] = [];
  afterEach(() => recordings.splice(0).forEach((each) => each[Symbol.dispose]()));

  it('adds as many as it says, for as long as it says, and leaves an event', async () => {
    const recorded = recordEvents();
    recordings.push(recorded);
    const fleet = new SimulatedFleet({ processes: 4, devicesEach: 20 });
    await fleet.room(2).allow({ forMs: 10 * minuteMs, maxDevices: 20 });
    expect(recorded.of('replacementsAllowed')).toEqual([
      { type: 'replacementsAllowed', forMs: 10 * minuteMs, maxDevices: 20 },
    ]);
    expect(await placesOf(fleet, fleet.devices)).toHaveLength(25);
    await fleet.room(2).allow({ forMs: minuteMs, maxDevices: 20 });
    fleet.clock.advance(minuteMs);
    expect(await placesOf(fleet, fleet.devices)).toHaveLength(0);
  });

  it('counts no longer where a clock that was ahead gave it', async () => {
    const fleet = new SimulatedFleet({ processes: 1, devicesEach: 20 });
    await fleet.room(0).allow({ forMs: minuteMs, maxDevices: 20 });
    fleet.clock.step(-2 * hourMs);
    expect(await placesOf(fleet, fleet.devices)).toHaveLength(5);
  });

  it('is taken back by another one', async () => {
    const fleet = new SimulatedFleet({ processes: 2, devicesEach: 10 });
    await fleet.room(0).allow({ forMs: minuteMs, maxDevices: 20 });
    await fleet.room(1).allow({ forMs: minuteMs, maxDevices: 0 });
    expect(await placesOf(fleet, fleet.devices)).toHaveLength(5);
  });

  it('stands in for witnesses that are refused themselves, where a process knows no others', async () => {
    const fleet = new SimulatedFleet({ processes: 1, devicesEach: 3 });
    await fleet.warmUp();
    const began = fleet.now;
    fleet.adobe = ({ pair }) => pair.registeredAt > began;
    fleet.expire(fleet.devices);
    await fleet.run(5 * minuteMs);
    expect(fleet.replaced).toEqual([]);
    await fleet.room().allow({ forMs: hourMs, maxDevices: 3 });
    await fleet.run(3 * minuteMs);
    expect(fleet.replaced).toHaveLength(3);
  });

  it('counts during an incident, which it does not end', async () => {
    const fleet = new SimulatedFleet({ processes: 4, devicesEach: 25 });
    await fleet.warmUp();
    const dead = fleet.devices.filter(({ number }) => number % 5 === 0);
    const clients = new Set(dead.map(({ pair }) => pair.clientId));
    fleet.adobe = ({ pair }) => !clients.has(pair.clientId);
    fleet.expire(dead);
    await fleet.run(5 * minuteMs);
    expect(fleet.replaced).toEqual([]);
    await fleet.room().allow({ forMs: hourMs, maxDevices: 100 });
    await fleet.run(10 * minuteMs);
    expect(new Set(fleet.replaced.map(({ device }) => device.number))).toEqual(
      new Set(dead.map(({ number }) => number)),
    );
  });

  it.each([
    [{ forMs: 0, maxDevices: 1 }, 'forMs must be from 1 to 86400000, received 0'],
    [{ forMs: Number.NaN, maxDevices: 1 }, 'received NaN'],
    [{ forMs: 86_400_001, maxDevices: 1 }, 'received 86400001'],
    [{ forMs: 1_000, maxDevices: 1.5 }, 'maxDevices must be a whole number of at least 0, received 1.5'],
    [{ forMs: 1_000, maxDevices: -1 }, 'received -1'],
  ])('is refused where it is %j', async (options, message) => {
    const fleet = new SimulatedFleet({ processes: 1, devicesEach: 1 });
    await expect(fleet.room().allow(options)).rejects.toMatchObject({
      code: 'option_invalid',
      message: expect.stringContaining(message) as string,
    });
  });
});
