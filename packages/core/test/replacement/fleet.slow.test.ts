import { describe, expect, inject, it } from 'vitest';
import { SimulatedFleet, type Adobe } from './SimulatedFleet.js';
import type { AskedPair } from '../../src/replacement/Replacements.js';

const minuteMs = 60_000;

/** Refuses these pairs for ever, and serves all others. */
function without(...dead: readonly AskedPair[]): Adobe {
  const clients = new Set(dead.map(({ clientId }) => clientId));
  return ({ pair }) => !clients.has(pair.clientId);
}

describe('a single dead pair', () => {
  it('is replaced within ten seconds, where others that are no younger are served', async () => {
    const fleet = new SimulatedFleet({ processes: 1, devicesEach: 500 });
    await fleet.warmUp();
    const device = fleet.device(300);
    fleet.adobe = without(device.pair);
    fleet.expire([device]);
    const from = fleet.now;
    await fleet.run(minuteMs);
    expect(fleet.replaced.map((one) => one.device)).toEqual([device]);
    expect((fleet.replaced[0]?.at ?? Infinity) - from).toBeLessThanOrEqual(10_000);
  });

  it.each([0, 1, 2])('is replaced within forty seconds, where only %i pairs are older', async (number) => {
    const fleet = new SimulatedFleet({ processes: 1, devicesEach: 500 });
    await fleet.warmUp();
    const device = fleet.device(number);
    fleet.adobe = without(device.pair);
    fleet.expire([device]);
    const from = fleet.now;
    await fleet.run(minuteMs);
    const tookMs = (fleet.replaced[0]?.at ?? Infinity) - from;
    expect(tookMs).toBeGreaterThanOrEqual(30_000);
    expect(tookMs).toBeLessThanOrEqual(40_000);
  });

  it('is replaced after a minute of refusals, where its process knows no other', async () => {
    const fleet = new SimulatedFleet({ processes: 1, devicesEach: 1 });
    await fleet.warmUp();
    const device = fleet.device(0);
    fleet.adobe = without(device.pair);
    fleet.expire([device]);
    const from = fleet.now;
    await fleet.run(2 * minuteMs);
    const tookMs = (fleet.replaced[0]?.at ?? Infinity) - from;
    expect(tookMs).toBeGreaterThanOrEqual(60_000);
    expect(tookMs).toBeLessThanOrEqual(70_000);
  });

  it('is kept as long as its device has a usable token', async () => {
    const fleet = new SimulatedFleet({ processes: 1, devicesEach: 500 });
    await fleet.warmUp();
    const device = fleet.device(300);
    fleet.adobe = without(device.pair);
    fleet.renew([device]);
    await fleet.run(60 * minuteMs);
    expect(fleet.replaced).toEqual([]);
    expect(fleet.asks.filter((ask) => ask.device === device).length).toBeLessThan(20);
  });
});

describe('an incident', () => {
  const [processes, devicesEach, patienceMs] = inject('everything') ? [50, 200, 180_000] : [8, 50, 30_000];

  it(
    'replaces none: all that were registered before are refused, and new ones are served',
    { timeout: patienceMs },
    async () => {
      const fleet = new SimulatedFleet({ processes, devicesEach });
      await fleet.warmUp();
      const began = fleet.now;
      fleet.adobe = ({ pair }) => pair.registeredAt > began;
      const third = Math.floor(fleet.devices.length / 3);
      fleet.expire(fleet.devices.slice(0, third), 2 * minuteMs);
      fleet.renew(fleet.devices.slice(third, 2 * third), 2 * minuteMs);
      await fleet.run(4 * minuteMs);
      expect(fleet.replaced).toEqual([]);
    },
  );

  it('replaces none where every second call is refused', async () => {
    const fleet = new SimulatedFleet({ processes: 4, devicesEach: 200 });
    await fleet.warmUp();
    let calls = 0;
    fleet.adobe = () => (calls += 1) % 2 === 0;
    fleet.expire(fleet.devices, 5 * minuteMs);
    await fleet.run(10 * minuteMs);
    expect(fleet.replaced).toEqual([]);
    const served = fleet.devices.filter(({ tokenUntil }) => tokenUntil > fleet.now);
    expect(served).toHaveLength(fleet.devices.length);
  });

  it.each([
    ['none where a tenth of 500 is refused within seconds', 10_000, 0],
    ['hardly any where they come so slowly that the first ones look alone', minuteMs, 2],
  ])('replaces %s, at 4 processes', async (_name, withinMs, atMost) => {
    const fleet = new SimulatedFleet({ processes: 4, devicesEach: 125 });
    await fleet.warmUp();
    const tenth = fleet.devices.filter((_, index) => index % 10 === 3);
    fleet.adobe = without(...tenth.map(({ pair }) => pair));
    fleet.expire(tenth, withinMs);
    await fleet.run(15 * minuteMs);
    expect(fleet.replaced.length).toBeLessThanOrEqual(atMost);
  });

  it('is ended by a probe: ten seconds after Adobe Pass recovers all have asked, and one in five seconds asked before', async () => {
    const fleet = new SimulatedFleet({ processes: 4, devicesEach: 50 });
    await fleet.warmUp();
    fleet.adobe = () => false;
    fleet.expire(fleet.devices, 5_000);
    await fleet.run(20_000);
    const began = fleet.asks.length;
    await fleet.run(2 * minuteMs);
    const probes = fleet.asks.slice(began).map(({ at }) => at);
    expect(probes.length).toBeGreaterThan(15);
    expect(SimulatedFleet.most(probes, 5_000)).toBe(1);
    const probers = fleet.asks.slice(began).map(({ device }) => device);
    expect(probers.every((device, index) => device.process !== probers[index - 1]?.process)).toBe(true);
    expect(new Set(probers).size).toBeGreaterThan(probes.length / 2);
    fleet.adobe = () => true;
    const recovered = fleet.now;
    await fleet.run(minuteMs);
    const last = Math.max(...fleet.devices.map(({ tokenUntil }) => tokenUntil)) - 6 * 60 * minuteMs;
    expect(last - recovered).toBeLessThanOrEqual(10_000);
    expect(fleet.replaced).toEqual([]);
  });

  it('is ended as soon where there is one process', async () => {
    const fleet = new SimulatedFleet({ processes: 1, devicesEach: 20 });
    await fleet.warmUp();
    fleet.adobe = () => false;
    fleet.expire(fleet.devices, 5_000);
    await fleet.run(minuteMs);
    fleet.adobe = () => true;
    const recovered = fleet.now;
    await fleet.run(minuteMs);
    const last = Math.max(...fleet.devices.map(({ tokenUntil }) => tokenUntil)) - 6 * 60 * minuteMs;
    expect(last - recovered).toBeLessThanOrEqual(10_000);
  });
});

describe('a process whose own way to Adobe Pass is wrong', () => {
  it.each([
    ['of many', inject('everything') ? 50 : 8, inject('everything') ? 200 : 50],
    ['of few, with few devices', 4, 4],
  ])('replaces nothing: one %s', { timeout: 120_000 }, async (_, processes, devicesEach) => {
    const fleet = new SimulatedFleet({ processes, devicesEach });
    await fleet.warmUp();
    const began = fleet.now;
    fleet.adobe = ({ device, pair }) => device.process !== 0 || pair.registeredAt > began;
    fleet.expire(
      fleet.devices.filter(({ process }) => process === 0),
      5 * minuteMs,
    );
    await fleet.run(15 * minuteMs);
    expect(fleet.replaced).toEqual([]);
  });

  it('does not keep the others from renewing', async () => {
    const fleet = new SimulatedFleet({ processes: 4, devicesEach: 200 });
    await fleet.warmUp();
    fleet.adobe = ({ device }) => device.process !== 0;
    fleet.expire(fleet.devices.filter(({ process }) => process === 0));
    await fleet.run(minuteMs);
    const others = fleet.devices.filter(({ process }) => process !== 0);
    fleet.renew(others, 5 * minuteMs);
    const from = fleet.now;
    await fleet.run(6 * minuteMs);
    const renewed = others.filter(({ tokenUntil }) => tokenUntil > from + 6 * 60 * minuteMs);
    expect(renewed).toHaveLength(others.length);
  });
});

describe('many dead pairs', () => {
  it('are replaced as there are places: 100 of 10 000, of which 20 have no token', async () => {
    const fleet = new SimulatedFleet({ processes: 4, devicesEach: 2_500 });
    await fleet.warmUp();
    const dead = fleet.devices.filter(({ number }) => number % 100 === 50);
    const tokenless = dead.slice(0, 20);
    fleet.adobe = without(...dead.map(({ pair }) => pair));
    fleet.expire(tokenless, minuteMs);
    fleet.renew(dead.slice(20), minuteMs);
    await fleet.run(40 * minuteMs, () => fleet.replaced.length === 20);
    expect(fleet.replaced.map(({ device }) => device.number).toSorted((a, b) => a - b)).toEqual(
      tokenless.map(({ number }) => number),
    );
    const instants = fleet.replaced.map(({ at }) => at);
    expect(SimulatedFleet.most(instants, 5 * minuteMs)).toBe(5);
  });
});

describe('good hours', () => {
  it('cost the cache one count a minute and process', async () => {
    const fleet = new SimulatedFleet({ processes: 4, devicesEach: 500 });
    await fleet.warmUp();
    await fleet.run(2 * minuteMs);
    fleet.operations = 0;
    const { length: before } = fleet.asks;
    await fleet.run(10 * minuteMs);
    expect(fleet.asks.length - before).toBeGreaterThan(40);
    expect(fleet.operations).toBeLessThanOrEqual(4 * 11 * 2);
  });
});
