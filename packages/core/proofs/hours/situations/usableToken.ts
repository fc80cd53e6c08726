import { minuteMs } from '../aging.js';
import { Fleet } from '../Fleet.js';
import type { Changes } from '../FleetProcess.js';
import { hourMs } from '../ModelAdobe.js';
import { atMost, between, verdictOf, type Situation, type Verdict } from '../Situation.js';
import { unbridled } from '../switchedOff.js';

const devices = 40;
const refused = 7;
const refusedForMs = minuteMs;

/** `oldMs`: how old the tokens are; they live six hours, and are renewed after less than five. */
async function live(oldMs: number, changes: Changes): Promise<Verdict> {
  const fleet = new Fleet({ processes: 2, devices, changes });
  const { time, adobe, ledger } = fleet;
  await fleet.register(fleet.devices, minuteMs);
  time.jump(oldMs - minuteMs);
  const startedAt = time.now();
  adobe.refuses = ({ device, registeredAt }) =>
    device === refused && registeredAt < startedAt && time.now() < startedAt + refusedForMs;
  let waited = 0;
  const onAnswer = (asked: { readonly code: string | null; readonly waitedMs: number }): void => {
    if (asked.code !== null || asked.waitedMs > 0) waited += 1;
  };
  fleet.load(fleet.devices, { everyMs: 5_000, onAnswer });
  await time.run(3 * minuteMs);
  const since = ledger.since(startedAt);
  return verdictOf([
    atMost(since.changes.length, 0, 'replaced'),
    atMost(since.count('register'), 0, 'registered'),
    atMost(waited, 0, 'callers waited'),
    between(since.count('token', 'refused'), 1, 10, 'refusals'),
  ]);
}

export const usableToken: Situation = {
  name: 'usable-token',
  situation: 'a pair refused for 60 s while its token is good for an hour',
  mustBe: '0 replaced, callers served',
  hours: [{ form: '', run: (changes) => live(4.9 * hourMs, changes) }],
  controls: [{ off: 'the token has ended, nobody else has a say', run: () => live(6.1 * hourMs, unbridled) }],
};
