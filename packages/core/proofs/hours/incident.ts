import { age, minuteMs, type Tokens } from './aging.js';
import { Fleet, type Asked } from './Fleet.js';
import type { Changes } from './FleetProcess.js';
import { mostWithin } from './Ledger.js';
import type { ModelClient } from './ModelAdobe.js';

export interface IncidentOptions {
  readonly processes: number;
  readonly devices: number;
  readonly minutes: number;
  readonly tokens: Tokens;
  readonly changes: Changes;
  /** Of the clients that were registered before it. */
  readonly refuses: (client: ModelClient, call: number) => boolean;
  /** Devices whose pair is not refused, whatever becomes of the others. */
  readonly isHealthy?: (device: number, fleet: Fleet) => boolean;
  /** Devices that come for the first time meanwhile. */
  readonly newcomers?: number;
}

/** What came of an hour in which Adobe Pass was confused. */
export interface Incident {
  readonly fleet: Fleet;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Pairs that gave way to others. */
  readonly changed: number;
  /** The most of these within any five minutes. */
  readonly changedInFiveMinutes: number;
  /** Callers that had nothing to wait for, and waited or were turned away. */
  readonly healthyThatWaited: number;
  /** Callers that were told an error. */
  readonly turnedAway: number;
  /** Until the last of the devices that had been turned away was served after its end; `null`: not all were. */
  readonly backAfterMs: number | null;
  /** How many these were. */
  readonly turnedAwayAtTheEnd: number;
  /** Devices that were then served with another pair than they had before. */
  readonly withOtherPairs: number;
}

/** Longer than a registration takes: a look at the cache, a place, two calls, the writes. */
const patienceMs = 2_000;
/** How often a device asks, by itself: within an hour less often, which is what makes an hour affordable. */
const paceMs = (minutes: number): number => (minutes > 5 ? 3 * minuteMs : minuteMs);
/** So long before the end callers begin to ask as often as they may. */
const eagerMs = 8_000;
/** How long it is looked at what comes after the end. */
const afterwardsMs = 2 * minuteMs;

/** An hour in which Adobe Pass tells `invalid_client` to whom it should know. */
export async function incident(options: IncidentOptions): Promise<Incident> {
  const { processes, devices, minutes, tokens, changes, refuses, newcomers = 0 } = options;
  const fleet = new Fleet({ processes, devices, changes });
  const { time, adobe, ledger, store } = fleet;
  await age(fleet, tokens, minutes * minuteMs);

  const startedAt = time.now();
  const endedAt = startedAt + minutes * minuteMs;
  const before = new Map(store.clients);
  const isHealthy = (device: number): boolean => options.isHealthy?.(device, fleet) ?? false;
  adobe.refuses = (client, call) =>
    client.registeredAt < startedAt && time.now() < endedAt && refuses(client, call);

  let healthyThatWaited = 0;
  let turnedAway = 0;
  const unserved = new Set<number>();
  const servedAfterEnd = new Map<number, number>();
  const withOtherPairs = new Set<number>();
  const onAnswer = ({ device, at, waitedMs, code, clientId, hadToken }: Asked): void => {
    if (code !== null) turnedAway += 1;
    const mayWaitMs = hadToken ? 0 : patienceMs;
    if ((hadToken || isHealthy(device)) && (code !== null || waitedMs > mayWaitMs)) healthyThatWaited += 1;
    if (code === null) unserved.delete(device);
    else unserved.add(device);
    if (code !== null || at + waitedMs < endedAt) return;
    if (!servedAfterEnd.has(device)) servedAfterEnd.set(device, at + waitedMs - endedAt);
    if (clientId !== before.get(device)) withOtherPairs.add(device);
  };

  const stop = fleet.load(fleet.devices, { everyMs: paceMs(minutes), onAnswer });
  comeAnew(fleet, newcomers, minutes * minuteMs, (waitedMs) => {
    if (waitedMs > patienceMs) healthyThatWaited += 1;
  });
  await time.run(endedAt - eagerMs - time.now());
  stop();
  fleet.obeysRetryAfter = true;
  const eager = [...unserved];
  const stopEager = fleet.load(eager, { everyMs: 1_000, onAnswer });
  await time.run(eagerMs);
  await time.run(afterwardsMs / 4);
  stopEager();
  fleet.load(fleet.devices, { everyMs: minuteMs, onAnswer });
  await time.run(afterwardsMs);

  const changed = ledger.changes.filter(({ at }) => at >= startedAt).map(({ at }) => at);
  return {
    fleet,
    startedAt,
    endedAt,
    changed: changed.length,
    changedInFiveMinutes: mostWithin(changed, 5 * minuteMs),
    healthyThatWaited,
    turnedAway,
    backAfterMs: lastOf(eager, servedAfterEnd),
    turnedAwayAtTheEnd: eager.length,
    withOtherPairs: withOtherPairs.size,
  };
}

function lastOf(devices: readonly number[], servedAfter: ReadonlyMap<number, number>): number | null {
  let last = 0;
  for (const device of devices) {
    const after = servedAfter.get(device);
    if (after === undefined) return null;
    last = Math.max(last, after);
  }
  return last;
}

function comeAnew(fleet: Fleet, count: number, overMs: number, onServed: (waitedMs: number) => void): void {
  for (let newcomer = 0; newcomer < count; newcomer += 1) {
    const device = fleet.devices.length + newcomer;
    fleet.time.setTimer(
      () =>
        void fleet
          .ask(device)
          .then(({ code, waitedMs }) => onServed(code === null ? waitedMs : Number.POSITIVE_INFINITY)),
      (overMs * newcomer) / count,
    );
  }
}
