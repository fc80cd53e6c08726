import { age, minuteMs } from '../aging.js';
import { Fleet } from '../Fleet.js';
import type { Changes } from '../FleetProcess.js';
import { mostWithin, type Call } from '../Ledger.js';
import {
  atMost,
  beside,
  between,
  verdictOf,
  type Scale,
  type Situation,
  type Verdict,
} from '../Situation.js';
import { sizes, type Size } from '../sizes.js';
import { unbridled } from '../switchedOff.js';

/** Until then the fleet finds out that there is an incident. */
const foundOutMs = minuteMs;
/** A probe every five seconds, of which one may have left a little later and the next a little sooner. */
const probeSpanMs = 4_800;
const patienceMs = 2_000;

/** Callers of refused devices ask as often as they may. */
async function live(
  { minutes, ...size }: Size & { readonly minutes: number },
  changes: Changes,
): Promise<Verdict> {
  const fleet = new Fleet({ ...size, changes });
  const isRefused = (device: number | undefined): boolean =>
    device !== undefined && Math.floor(device / size.processes) % 10 === 3;
  const { time, adobe, ledger } = fleet;
  await age(fleet, 'none', 0);
  const startedAt = time.now();
  adobe.refuses = ({ device, registeredAt }) => isRefused(device) && registeredAt < startedAt;
  let healthyThatWaited = 0;
  fleet.obeysRetryAfter = true;
  fleet.load(fleet.devices, {
    everyMs: minuteMs,
    onAnswer({ device, code, waitedMs }) {
      if (!isRefused(device) && (code !== null || waitedMs > patienceMs)) healthyThatWaited += 1;
    },
  });
  await time.run(minutes * minuteMs);
  const later = ledger.since(startedAt + foundOutMs).calls;
  const probing = later.filter((call) => call.kind === 'token' && isRefused(call.device));
  return verdictOf([
    atMost(
      mostWithin(
        probing.map(({ at }) => at),
        probeSpanMs,
      ),
      1,
      'probes in 5 s',
    ),
    between(probing.length, (minutes - 1) * 8, (minutes - 1) * 12, 'probes'),
    between(processesOf(probing), 2, size.processes, 'processes probed'),
    atMost(healthyThatWaited, 0, 'healthy waited'),
    beside(`${ledger.since(startedAt).changes.length} replaced`),
  ]);
}

function processesOf(calls: readonly Call[]): number {
  return new Set(calls.map(({ process }) => process)).size;
}

export function probes(scale: Scale): Situation {
  const { small } = sizes[scale];
  const minutes = scale === 'full' ? 5 : 3;
  return {
    name: 'probes',
    situation: `token calls during an incident: a tenth of ${small.devices} pairs refused, no usable token`,
    mustBe: '≤ 1 probe in 5 s for the refused; healthy ones as ever',
    hours: [{ form: `${minutes} min`, run: (changes) => live({ ...small, minutes }, changes) }],
    controls: [{ off: 'no veto, no fuse, no witnesses', run: () => live({ ...small, minutes }, unbridled) }],
  };
}
