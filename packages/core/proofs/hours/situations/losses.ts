import { minuteMs } from '../aging.js';
import { Fleet } from '../Fleet.js';
import type { Changes } from '../FleetProcess.js';
import { hourMs } from '../ModelAdobe.js';
import { ofDevices, shard, type Shards } from '../SharedStore.js';
import {
  beside,
  exactly,
  verdictOf,
  type Counted,
  type Scale,
  type Situation,
  type Verdict,
} from '../Situation.js';
import { neverLooked } from '../switchedOff.js';

/** Each of these comes to another process than its own: whoever does not know it must not register it anew. */
async function roam(fleet: Fleet, devices: readonly number[]): Promise<readonly Counted[]> {
  const { time, ledger } = fleet;
  const since = time.now();
  const asked = devices.map(
    async (device) => await fleet.insist(device, minuteMs, (fleet.processOf(device) + 1) % fleet.processes),
  );
  const served = Promise.all(asked);
  await time.run(2 * minuteMs);
  const answers = await served;
  return [
    exactly(ledger.since(since).count('register'), 0, 'registered anew'),
    exactly(answers.filter(({ afterMs }) => afterMs === null).length, 0, 'not served'),
  ];
}

/** Evenly spread. */
function some(devices: readonly number[], count: number): readonly number[] {
  const stride = Math.max(1, Math.floor(devices.length / count));
  return devices.filter((_, at) => at % stride === 0);
}

async function grownFleet(processes: number, devices: number, changes: Changes): Promise<Fleet> {
  const fleet = new Fleet({ processes, devices, changes });
  await fleet.register(fleet.devices, minuteMs);
  await fleet.time.run(minuteMs);
  return fleet;
}

async function loseTwice(devices: number, changes: Changes): Promise<Verdict> {
  const fleet = await grownFleet(2, devices, changes);
  const { store, time } = fleet;
  const counted: Counted[] = [];
  for (const which of ['first', 'second']) {
    store.fallBack(ofDevices);
    store.reconnect();
    await time.run(20_000);
    counted.push(exactly(store.pairs, devices, `back after the ${which} loss`));
  }
  return verdictOf([...counted, ...(await roam(fleet, some(fleet.devices, 40)))]);
}

async function loseShard(processes: number, devices: number, of: number, changes: Changes): Promise<Verdict> {
  const fleet = await grownFleet(processes, devices, changes);
  const { store, time } = fleet;
  // The record of the key space is elsewhere.
  const lost =
    Array.from({ length: of }, (_, index) => shard(index, of)).find((each) => !each(metaKey)) ?? ofDevices;
  store.fallBack(lost);
  const missing = devices - store.pairs;
  // Only who had a connection to it is told; the others see it within the minute.
  await time.run(minuteMs + 10_000);
  return verdictOf([
    beside(`${missing} lost`),
    exactly(store.pairs, devices, 'there'),
    ...(await roam(fleet, some(fleet.devices, 200))),
  ]);
}

const metaKey = 'pass-dcr:lo:tv:meta';

/** Two hours in which devices come, viewers sign in, and a pair or two are replaced; then shards are as they were before. */
async function fallBack(processes: number, devices: number, of: number, changes: Changes): Promise<Verdict> {
  const fleet = new Fleet({ processes, devices, changes });
  const { store, time, adobe } = fleet;
  const old = fleet.devices.filter((device) => device % 5 !== 0);
  const young = fleet.devices.filter((device) => device % 5 === 0);
  adobe.lifeMs = () => hourMs;
  await fleet.register(old, minuteMs);
  await time.run(minuteMs);
  const before = store.copy();
  await fleet.register(young, minuteMs);
  const signedIn = old.filter((device) => device % 3 === 0);
  for (const device of signedIn) {
    const client = adobe.clients.get(store.clients.get(device) ?? '');
    if (client !== undefined) client.signedIn = true;
    void fleet.client(device).profiles.all();
  }
  await time.run(2 * hourMs);
  const latest = store.marks();
  const lost: Shards = of === 1 ? () => true : shard(Math.floor(of / 2), of);
  store.fallBack(lost, before);
  const fell = latest.size - store.equal(latest);
  store.reconnect();
  await time.run(minuteMs);
  return verdictOf([
    beside(`${fell} fell back`),
    exactly(store.equal(latest), latest.size, 'as they were'),
    ...(await roam(fleet, some(young, 100))),
  ]);
}

/** A dump is put back: the devices registered since are not in it. */
async function staleBackup(devices: number, younger: number, changes: Changes): Promise<Verdict> {
  const fleet = new Fleet({ processes: 2, devices, changes });
  const { store, time } = fleet;
  const old = fleet.devices.slice(0, devices - younger);
  const young = fleet.devices.slice(devices - younger);
  await fleet.register(old, minuteMs);
  await time.run(10 * minuteMs);
  const before = store.copy();
  await fleet.register(young, minuteMs);
  await time.run(10 * minuteMs);
  store.fallBack(() => true, before);
  store.reconnect();
  await time.run(minuteMs);
  return verdictOf([exactly(store.pairs, devices, 'there'), ...(await roam(fleet, young))]);
}

export function losses(scale: Scale): readonly Situation[] {
  const isFull = scale === 'full';
  return [
    {
      name: 'second-loss',
      situation: 'a shard loses all it has, and again 20 s later',
      mustBe: 'all back both times, 0 registered anew elsewhere',
      hours: [{ form: '', run: async (changes) => await loseTwice(isFull ? 500 : 200, changes) }],
      controls: [{ off: 'nobody looks', run: async () => await loseTwice(100, neverLooked) }],
    },
    {
      name: 'one-shard',
      situation: 'one shard of a Cluster is empty, and no connection has noticed it',
      mustBe: 'all back within a minute, 0 registered anew',
      hours: [10, 20].map((of) => ({
        form: `one of ${of}`,
        isLong: of === 10,
        run: async (changes) => await loseShard(isFull ? 20 : 6, isFull ? 6_000 : 400, of, changes),
      })),
      controls: [{ off: 'nobody looks', run: async () => await loseShard(6, 400, 10, neverLooked) }],
    },
    {
      name: 'falls-back',
      situation: 'shards fall back by two hours, over registrations and sign-ins',
      mustBe: 'all back, with the newest marks, 0 registered anew',
      hours: [20, 10, 1].map((of) => ({
        form: `one of ${of}`,
        isLong: of !== 1,
        run: async (changes) => await fallBack(isFull ? 20 : 4, isFull ? 2_000 : 150, of, changes),
      })),
      controls: [{ off: 'nobody looks', run: async () => await fallBack(4, 150, 1, neverLooked) }],
    },
    {
      name: 'stale-backup',
      situation: 'a backup is put back, and few pairs are younger',
      mustBe: 'all back within a minute, 0 registered anew',
      hours: [
        {
          form: '',
          run: async (changes) => await staleBackup(isFull ? 5_000 : 300, isFull ? 20 : 5, changes),
        },
      ],
      controls: [{ off: 'nobody looks', run: async () => await staleBackup(300, 5, neverLooked) }],
    },
  ];
}
