import { minuteMs } from '../aging.js';
import { Fleet } from '../Fleet.js';
import type { Changes } from '../FleetProcess.js';
import { atMost, beside, exactly, verdictOf, type Situation, type Verdict } from '../Situation.js';
import { oneWordIsEnough } from '../switchedOff.js';

const registered = 100;
const newcomers = 600;
const newcomersForMs = minuteMs;
/** The first is answered before the second comes: nobody has just been accepted who could speak for the statement. */
const aloneForMs = 500;
/** Callers that are told to come again until then have no reason to complain. */
const toleratedMs = 4_000;

async function live(changes: Changes): Promise<Verdict> {
  const fleet = new Fleet({ processes: 3, devices: registered + newcomers, changes });
  const { time, adobe, ledger } = fleet;
  await fleet.register(fleet.devices.slice(0, registered), minuteMs);
  const startedAt = time.now();
  adobe.strayRejections = 1;
  let turnedAway = 0;
  let turnedAwayLate = 0;
  let longestMs = 0;
  for (const [at, device] of fleet.devices.slice(registered).entries()) {
    const come = async (): Promise<void> => {
      const { code, waitedMs } = await fleet.ask(device);
      longestMs = Math.max(longestMs, waitedMs);
      if (code === null) return;
      turnedAway += 1;
      if (time.now() > startedAt + toleratedMs) turnedAwayLate += 1;
    };
    time.setTimer(() => void come(), at === 0 ? 0 : aloneForMs + (newcomersForMs * at) / newcomers);
  }
  await time.run(aloneForMs + newcomersForMs + minuteMs / 2);
  const strays = ledger
    .since(startedAt)
    .calls.filter(({ kind, answer }) => kind === 'register' && answer === 'refused');
  return verdictOf([
    atMost(turnedAwayLate, 0, 'turned away beyond 4 s'),
    exactly(strays.length, 1, 'stray rejection'),
    beside(`${turnedAway} turned away before`),
    beside(`longest wait ${(longestMs / 1_000).toFixed(1)} s`),
  ]);
}

export const strayStatement: Situation = {
  name: 'stray-statement',
  situation: `one stray invalid_software_statement after ${registered} registrations, ${newcomers} new devices within a minute`,
  mustBe: '0 devices turned away beyond 4 s',
  hours: [{ form: '', run: live }],
  controls: [{ off: 'one rejection is believed', run: () => live(oneWordIsEnough) }],
};
