import { describe, expect, it } from 'vitest';
import { minuteMs } from '../../proofs/hours/aging.js';
import { hear } from '../../proofs/hours/events.js';
import { Fleet } from '../../proofs/hours/Fleet.js';
import { credentialsKeyOf, ofDevices, tagOf } from '../../proofs/hours/SharedStore.js';
import { rangeOf } from '../../src/recovery/ranges.js';

const devices = 120;
/** One that nobody knows yet. */
const fresh = devices;

/** Two processes, each with half of the devices; nothing is young any more. */
async function grown(): Promise<Fleet> {
  const fleet = new Fleet({ processes: 2, devices: devices + 10 });
  await fleet.register(fleet.devices.slice(0, devices), minuteMs);
  await fleet.time.run(minuteMs);
  return fleet;
}

/** What each of these has, wherever it comes to. */
async function registeredAnew(fleet: Fleet, process: number): Promise<number> {
  const since = fleet.time.now();
  const asked = fleet.devices
    .slice(0, devices)
    .map(async (device) => await fleet.insist(device, minuteMs, process));
  await fleet.time.run(2 * minuteMs);
  await Promise.all(asked);
  return fleet.ledger.since(since).count('register');
}

describe('a recovery', () => {
  it('of two processes that have lost different pairs brings back all', async () => {
    using heard = hear();
    const fleet = await grown();
    fleet.store.fallBack(() => true);
    await fleet.time.run(10_000);
    expect(fleet.store.pairs).toBe(devices);
    expect(heard.of('cacheLostData').length).toBeGreaterThanOrEqual(2);
    expect(heard.of('pairsPutBack').filter(({ pairsLeft }) => pairsLeft === 0)).toHaveLength(2);
    expect(heard.of('recoveryIncomplete')).toEqual([]);
  });

  it('is respected by a process that joins in the middle of it', async () => {
    const fleet = await grown();
    const { store, time } = fleet;
    // One of the two cannot write for a while.
    store.fails = ({ process, kind }) => process === 0 && kind === 'swap';
    store.fallBack(() => true);
    await time.run(3_000);
    expect(store.pairs).toBeLessThan(devices);
    const joined = fleet.join();
    const anew = registeredAnew(fleet, joined);
    await time.run(5_000);
    store.fails = () => false;
    await time.run(3 * minuteMs);
    expect(await anew).toBe(0);
    expect(store.pairs).toBe(devices);
  });

  it('needs no record of the key space: one that is gone in the middle of it is made anew', async () => {
    const fleet = await grown();
    fleet.store.fallBack(ofDevices);
    fleet.store.reconnect();
    await fleet.time.run(20);
    fleet.store.fallBack((key) => key.endsWith(':meta'));
    await fleet.time.run(15_000);
    expect(fleet.store.pairs).toBe(devices);
    expect(await registeredAnew(fleet, 1)).toBe(0);
  });

  it.each([
    ['is damaged', 'x'.repeat(80)],
    ['is empty', ''],
  ])('puts back, and nobody is registered, where that record %s', async (_, value) => {
    const fleet = await grown();
    const { store, time, ledger } = fleet;
    store.fallBack(ofDevices);
    await store.writeMeta(value);
    store.reconnect();
    // Who has not seen the record before believes nothing else.
    const asked = fleet.ask(fresh, fleet.join());
    await time.run(20_000);
    expect(store.pairs).toBe(devices);
    expect((await asked).code).toMatch(/^cache_format_unsupported$|^secret_mismatch$/);
    expect(ledger.since(time.now() - 20_000).count('register')).toBe(0);
  });
});

describe('a look that a lagging replica answers', () => {
  it('is no loss, changes nothing, and has nobody wait for long', async () => {
    using heard = hear();
    const fleet = await grown();
    const { store, time } = fleet;
    const before = store.marks();
    store.lags = ({ key }) => key.endsWith(':c');
    store.reconnect();
    const asked = fleet.insist(fresh, minuteMs);
    await time.run(2_500);
    store.lags = () => false;
    await time.run(20_000);
    expect(store.equal(before)).toBe(devices);
    expect(heard.of('cacheLostData')).toEqual([]);
    expect(heard.of('credentialsRestored')).toEqual([]);
    await time.run(minuteMs);
    expect((await asked).afterMs).toBeLessThan(10_000);
  });
});

describe('before a device is registered', () => {
  it('its neighbours are looked at without a further round trip', async () => {
    const fleet = await grown();
    const { store, time, ledger } = fleet;
    const asked = fleet.ask(fresh);
    await time.run(10_000);
    const withNeighbours = await asked;
    const alone = new Fleet({ processes: 1, devices: 2 });
    expect(rangeOf(tagOf(0))).not.toBe(rangeOf(tagOf(1)));
    await alone.register([0], minuteMs);
    const askedAlone = alone.ask(1);
    await alone.time.run(10_000);
    expect(withNeighbours.code).toBeNull();
    expect(withNeighbours.waitedMs).toBe((await askedAlone).waitedMs);
    expect(store.pairs).toBe(devices + 1);
    expect(ledger.count('register')).toBe(devices + 1);
  });

  it('a neighbour that is not there has it wait, though nobody has noticed a loss', async () => {
    const fleet = await grown();
    const { store, time, ledger } = fleet;
    const lost = fleet.devices.find(
      (device) =>
        device < devices && fleet.processOf(device) === 0 && rangeOf(tagOf(device)) !== rangeOf(tagOf(fresh)),
    );
    store.fallBack(ofDevices);
    const since = time.now();
    // Its own process does not know it: it has come to the other.
    const roaming = fleet.ask(lost ?? 0, 1);
    await time.run(15_000);
    expect((await roaming).code).toBeNull();
    expect(ledger.since(since).count('register')).toBe(0);
    expect(store.pairs).toBe(devices);
  });
});

describe('pass.allowRegistration', () => {
  it('has every process register again, though a pair cannot be put back', async () => {
    using heard = hear();
    const fleet = await grown();
    const { store, time } = fleet;
    const stuck = credentialsKeyOf(0);
    store.fails = ({ kind, key }) => kind === 'swap' && key === stuck;
    store.fallBack(ofDevices);
    store.reconnect();
    const held = Array.from({ length: 8 }, (_, at) => fleet.ask(fresh + at, at % 2));
    await time.run(4_000);
    void fleet.pass(1).allowRegistration();
    await time.run(3_000);
    expect((await Promise.all(held)).map(({ code }) => code)).toEqual(held.map(() => null));
    expect(heard.of('registrationAllowed')).toHaveLength(1);
    // Nor is anything held off by what is found of this loss afterwards.
    const later = fleet.ask(fresh + 9);
    await time.run(2_000);
    expect((await later).code).toBeNull();
    store.fails = () => false;
    await time.run(minuteMs);
    expect(store.pairs).toBe(devices + 9);
  });
});
