import type { PassLimits } from '../../../src/options.js';
import { minuteMs } from '../aging.js';
import { Fleet, ownAddress } from '../Fleet.js';
import type { Changes } from '../FleetProcess.js';
import {
  atMost,
  beside,
  exactly,
  verdictOf,
  type Hour,
  type Scale,
  type Situation,
  type Verdict,
} from '../Situation.js';
import { sixtyFourPlaces } from '../switchedOff.js';

/** Devices that were there before, and what they do meanwhile. */
const known = 100;
const everyMs = 2_000;
/** As Adobe Pass throttles. */
const throttle = { burst: 10, perSecond: 1 };

interface Rush {
  readonly newcomers: number;
  readonly overMs: number;
  readonly latencyMs: number;
  /** This part of them at least is served. */
  readonly served: number;
  /** Behind which of its addresses the nth is. */
  readonly addressOf: (n: number) => number;
}

/** Two devices behind each address. */
const inPairs = (n: number): number => n >> 1;
/** Three addresses of five are shared by ten devices, which come spread over the time; the others have one. */
const shared =
  (addresses: number) =>
  (n: number): number => {
    const round = Math.floor(n / addresses);
    const address = n % addresses;
    return round === 0 || address % 5 < 3 ? address : addresses + n;
  };

function percentile(waits: readonly number[], part: number): number {
  return waits.toSorted((one, other) => one - other)[Math.floor(waits.length * part)] ?? 0;
}

async function live(rush: Rush, changes: Changes, limits: PassLimits = {}): Promise<Verdict> {
  const { newcomers, overMs, latencyMs, served: leastServed, addressOf } = rush;
  const fleet = new Fleet({
    processes: 1,
    devices: known + newcomers,
    changes,
    limits,
    addressOf: (device) => ownAddress(device < known ? device : known + addressOf(device - known)),
  });
  const { time, adobe, ledger, devices } = fleet;
  adobe.throttle = throttle;
  adobe.latencyMs = { ...adobe.latencyMs, register: latencyMs };
  await fleet.register(devices.slice(0, known), minuteMs);

  const waits: Record<'before' | 'meanwhile', number[]> = { before: [], meanwhile: [] };
  let period: keyof typeof waits = 'before';
  let isOver = false;
  const call = async (device: number): Promise<void> => {
    const [startedAt, startedIn] = [time.now(), period];
    await fleet.client(device).profiles.all();
    waits[startedIn].push(time.now() - startedAt);
    if (!isOver) time.setTimer(() => void call(device), everyMs);
  };
  for (const device of devices.slice(0, known))
    time.setTimer(() => void call(device), (everyMs * device) / known);
  await time.run(5 * everyMs);

  period = 'meanwhile';
  const startedAt = time.now();
  let served = 0;
  let longestMs = 0;
  const refused = new Map<string, number>();
  for (const [at, device] of devices.slice(known).entries()) {
    const come = async (): Promise<void> => {
      const { code, waitedMs } = await fleet.ask(device);
      longestMs = Math.max(longestMs, waitedMs);
      if (code === null) served += 1;
      else refused.set(code, (refused.get(code) ?? 0) + 1);
    };
    time.setTimer(() => void come(), (overMs * at) / newcomers);
  }
  await time.run(overMs + minuteMs / 2);
  isOver = true;

  const registered = ledger.since(startedAt).count('register');
  const ratio = percentile(waits.meanwhile, 0.99) / percentile(waits.before, 0.99);
  const why = [...refused].map(([code, count]) => `${count} ${code}`).join(', ');
  return verdictOf([
    { said: `${((100 * served) / newcomers).toFixed(1)} % served`, holds: served >= leastServed * newcomers },
    exactly(registered, served, 'register calls'),
    { said: `the calls of others at p99 ${ratio.toFixed(2)} ×`, holds: ratio <= 1.2 },
    atMost(ledger.since(startedAt).count('register', 'throttled'), 0, 'throttled'),
    beside(`longest wait ${(longestMs / 1_000).toFixed(1)} s`),
    beside(why === '' ? 'nobody turned away' : why),
  ]);
}

const perMinute = 10_000;

function rushOf(seconds: number, rush: Pick<Rush, 'latencyMs' | 'served'> & Partial<Rush>): Rush {
  const newcomers = Math.round((perMinute * seconds) / 60);
  return { newcomers, overMs: seconds * 1_000, addressOf: inPairs, ...rush };
}

export function kickOff(scale: Scale): Situation {
  const hour = (form: string, rush: Rush, isLong = false): Hour => ({
    form,
    isLong,
    run: async (changes) => await live(rush, changes),
  });
  // As many in a second, for so long that 64 places are not enough.
  const brief = rushOf(6, { latencyMs: 2_500, served: 0.95 });
  const whole = (rush: Pick<Rush, 'latencyMs' | 'served'> & Partial<Rush>): Rush => rushOf(60, rush);
  return {
    name: 'kick-off',
    situation: `${perMinute} new devices in a minute at one process, while ${known} others call`,
    mustBe: '99 % served, 95 % at 2.5 s; as many register calls; the calls of others at p99 ≤ 1.2 ×',
    hours:
      scale === 'short'
        ? [hour('registrations of 2.5 s, its first 6 s', brief)]
        : [
            hour('registrations of 300 ms', whole({ latencyMs: 300, served: 0.99 })),
            hour('registrations of 1 s', whole({ latencyMs: 1_000, served: 0.99 })),
            hour('registrations of 2.5 s', whole({ latencyMs: 2_500, served: 0.95 })),
            hour(
              'registrations of 300 ms, three addresses of five shared by ten devices',
              whole({ latencyMs: 300, served: 1, addressOf: shared(1_562) }),
            ),
          ],
    controls: [
      { off: '64 places, as many as ever', run: async () => await live(brief, {}, sixtyFourPlaces) },
    ],
  };
}
