import { age, minuteMs } from '../aging.js';
import { Fleet } from '../Fleet.js';
import type { Changes } from '../FleetProcess.js';
import { mostWithin, type Call } from '../Ledger.js';
import { atMost, beside, between, verdictOf, type Situation, type Verdict } from '../Situation.js';
import { unbridled } from '../switchedOff.js';

const minutes = 5;
/** Until then the fleet finds out that there is an incident. */
const foundOutMs = minuteMs;
/** A probe every five seconds, of which one may have left a little later and the next a little sooner. */
const probeSpanMs = 4_800;
const patienceMs = 2_000;

const processes = 4;
const isRefused = (device: number | undefined): boolean =>
  device !== undefined && Math.floor(device / processes) % 10 === 3;

/** Callers of refused devices ask as often as they may. */
async function live(changes: Changes): Promise<Verdict> {
  const fleet = new Fleet({ processes, devices: 500, changes });
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
  const probes = later.filter((call) => call.kind === 'token' && isRefused(call.device));
  return verdictOf([
    atMost(
      mostWithin(
        probes.map(({ at }) => at),
        probeSpanMs,
      ),
      1,
      'probes in 5 s',
    ),
    between(probes.length, 30, (minutes * minuteMs) / 5_000, 'probes'),
    between(processesOf(probes), 2, processes, 'processes probed'),
    atMost(healthyThatWaited, 0, 'healthy waited'),
    beside(`${ledger.since(startedAt).changes.length} replaced`),
  ]);
}

function processesOf(calls: readonly Call[]): number {
  return new Set(calls.map(({ process }) => process)).size;
}

export const probes: Situation = {
  name: 'probes',
  situation: 'token calls during an incident: a tenth of 500 pairs refused, no usable token',
  mustBe: '≤ 1 probe in 5 s for the refused; healthy ones as ever',
  hours: [{ form: `${minutes} min`, run: live }],
  controls: [{ off: 'no veto, no fuse, no witnesses', run: () => live(unbridled) }],
};
