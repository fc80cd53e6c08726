import { rangeOf } from '../../../src/recovery/ranges.js';
import { minuteMs } from '../aging.js';
import { hear } from '../events.js';
import { Fleet, type FleetOptions } from '../Fleet.js';
import type { Changes } from '../FleetProcess.js';
import { credentialsKeyOf, ofDevices, tagOf, type Shards } from '../SharedStore.js';
import {
  atMost,
  beside,
  exactly,
  verdictOf,
  within,
  type Scale,
  type Situation,
  type Verdict,
} from '../Situation.js';
import { anyFailureStops, atEachSign, endlessHold, forgottenHold } from '../switchedOff.js';

/** `fresh`: devices that no process knows yet, the last of all. */
interface Grown extends FleetOptions {
  readonly fresh?: number;
}

async function grown({ fresh = 0, ...options }: Grown): Promise<Fleet> {
  const fleet = new Fleet({ ...options, devices: options.devices + fresh });
  await fleet.register(fleet.devices.slice(0, options.devices), minuteMs);
  await fleet.time.run(minuteMs);
  return fleet;
}

const keySpace: Shards = (key) => key.endsWith(':meta');

/** The record of the key space is another one each second. */
async function flap(devices: number, changes: Changes): Promise<Verdict> {
  const fleet = await grown({ processes: 2, devices, fresh: 1, changes });
  const { store, time } = fleet;
  const seconds = 60;
  const before = store.operations;
  const late = fleet.insist(devices, minuteMs);
  for (let second = 0; second < seconds; second += 1) {
    store.fallBack(keySpace);
    await store.settleIn();
    await time.run(1_000);
  }
  const perSecond = (store.operations - before) / seconds / fleet.processes;
  await time.run(minuteMs);
  return verdictOf([
    // Of 50 processes, a tenth of the 100 000 that one Redis carries out.
    atMost(Math.round(perSecond * 50), 4_000, 'operations a second, were there 50 processes'),
    within((await late).afterMs, 15_000, 'a new device served'),
  ]);
}

/** A process is ended so long after all was lost. */
async function end(devices: number, afterMs: number, closeGraceMs: number): Promise<Verdict> {
  const fleet = await grown({ processes: 1, devices, closeGraceMs });
  const { store, time } = fleet;
  store.fallBack(() => true);
  await time.run(afterMs);
  const left = devices - store.pairs;
  const endedAt = time.now();
  let tookMs: number | null = null;
  void fleet
    .pass(0)
    .close()
    .then(() => (tookMs = time.now() - endedAt));
  await time.run(20_000);
  return verdictOf([
    beside(`${left} of ${devices} left at the end`),
    exactly(store.pairs, devices, 'back'),
    within(tookMs, 15_000, 'ended'),
  ]);
}

/** How long it takes after a loss until a new device is registered, while a part of one process's operations fails. */
async function recoverWith(devices: number, failing: number, changes: Changes): Promise<number | null> {
  const fleet = await grown({ processes: 2, devices, fresh: 1, changes });
  const { store, time } = fleet;
  let operations = 0;
  store.fails = ({ process, key }) =>
    process === 0 && ofDevices(key) && failing > 0 && (operations += 1) % Math.round(1 / failing) === 0;
  store.fallBack(ofDevices);
  store.reconnect();
  const lostAt = time.now();
  const pollMs = 100;
  let backMs: number | null = null;
  const served = fleet.insist(devices, 5 * minuteMs, 1);
  while (backMs === null && time.now() - lostAt < 5 * minuteMs) {
    await time.run(pollMs);
    if (store.pairs >= devices) backMs = time.now() - lostAt;
  }
  await time.run(6 * minuteMs);
  const { afterMs } = await served;
  return backMs === null || afterMs === null ? null : Math.max(backMs, afterMs);
}

async function failingLooks(devices: number, changes: Changes): Promise<Verdict> {
  const without = (await recoverWith(devices, 0, changes)) ?? Infinity;
  const ms = await recoverWith(devices, 0.1, changes);
  return verdictOf([
    beside(`${(without / 1_000).toFixed(1)} s where none fails`),
    within(ms, without * 1.3, 'all back, and a new device served,'),
  ]);
}

/** One pair of one process can never be stored. */
async function unstorable(devices: number, changes: Changes): Promise<Verdict> {
  using heard = hear();
  const fleet = await grown({ processes: 2, devices, fresh: 200, changes });
  const { store, time } = fleet;
  const known = fleet.devices.slice(0, devices);
  const stuck = known.find((device) => fleet.processOf(device) === 0) ?? 0;
  const key = credentialsKeyOf(stuck);
  store.fails = (operation) => operation.kind === 'swap' && operation.key === key;
  store.fallBack(ofDevices);
  store.reconnect();
  const beside0 = fleet.devices
    .slice(devices)
    .filter((device) => rangeOf(tagOf(device)) === rangeOf(tagOf(stuck)));
  const waits = Promise.all(
    [1, 0].map(async (process, at) => await fleet.insist(beside0[at] ?? 0, 2 * minuteMs, process)),
  );
  await time.run(3 * minuteMs);
  const served = (await waits).map(({ afterMs }) => afterMs);
  const incomplete = heard.of('recoveryIncomplete');
  return verdictOf([
    exactly(store.pairs, devices - 1 + served.length, 'stored'),
    within(served.includes(null) ? null : Math.max(...served.map(Number)), 32_000, 'those beside it served'),
    exactly(incomplete.length, 1, 'error events'),
    exactly(incomplete[0]?.pairsLeft ?? 0, 1, 'pairs named by it'),
  ]);
}

/** Devices that nobody knows come at a rate of 10 000 a minute while pairs are being put back. */
async function kickOffInAHold(devices: number, changes: Changes): Promise<Verdict> {
  const perSecond = 167;
  const seconds = 8;
  const fresh = perSecond * seconds;
  const fleet = await grown({ processes: 2, devices, fresh, changes });
  const { store, time } = fleet;
  store.fallBack(ofDevices);
  store.reconnect();
  await time.run(1_500);
  let served = 0;
  const before = store.operationsOf.get(1) ?? 0;
  for (const [at, device] of fleet.devices.slice(devices).entries())
    time.setTimer(
      () =>
        void fleet.insist(device, minuteMs, 1).then(({ afterMs }) => (served += afterMs === null ? 0 : 1)),
      (at * 1_000) / perSecond,
    );
  // The hold lasts ten seconds after the last loss.
  await time.run(seconds * 1_000);
  const each = ((store.operationsOf.get(1) ?? 0) - before) / fresh;
  await time.run(17_000);
  return verdictOf([
    atMost(Number(each.toFixed(2)), 1.2, 'operations for each that waits'),
    exactly(served, fresh, 'served within 15 s'),
    exactly(store.pairs, devices + fresh, 'stored'),
  ]);
}

export function recoveries(scale: Scale): readonly Situation[] {
  const isFull = scale === 'full';
  const ended = isFull ? 5_000 : 500;
  return [
    {
      name: 'flapping-epoch',
      situation: 'the record of the key space is another one each second',
      mustBe: 'at most a tenth of one Redis is used, and new devices are served',
      hours: [{ form: '', run: async (changes) => await flap(500, changes) }],
      controls: [{ off: 'each time is as good as the first', run: async () => await flap(500, atEachSign) }],
    },
    {
      name: 'ended-in-recovery',
      situation: 'a process is ended after all was lost',
      mustBe: 'all are back within its grace of 15 s',
      hours: [
        { form: '4 s after', isLong: true, run: async () => await end(ended, 4_000, 15_000) },
        { form: 'before it has noticed', run: async () => await end(ended, 100, 15_000) },
      ],
      controls: [{ off: 'it has no grace', run: async () => await end(ended, 100, 0) }],
    },
    {
      name: 'failing-looks',
      situation: 'all is lost, and one operation in ten of a process fails',
      mustBe: 'at most 1.3 times as long as without',
      hours: [{ form: '', run: async (changes) => await failingLooks(isFull ? 2_000 : 300, changes) }],
      controls: [
        { off: 'one that fails stops all', run: async () => await failingLooks(300, anyFailureStops) },
      ],
    },
    {
      name: 'unstorable-pair',
      situation: 'all is lost, and one pair can never be stored',
      mustBe: 'nobody waits longer than half a minute for it, and an event says so',
      hours: [{ form: '', run: async (changes) => await unstorable(isFull ? 2_000 : 200, changes) }],
      controls: [{ off: 'a hold never ends', run: async () => await unstorable(200, endlessHold) }],
    },
    {
      name: 'kick-off-in-a-hold',
      situation: '10 000 unknown devices a minute while pairs are being put back',
      mustBe: 'at most 1.2 operations for each that waits, all served within 15 s of the hold',
      hours: [{ form: '', run: async (changes) => await kickOffInAHold(isFull ? 2_000 : 500, changes) }],
      controls: [
        {
          off: 'what other processes hold off is forgotten',
          run: async () => await kickOffInAHold(500, forgottenHold),
        },
      ],
    },
  ];
}
