import { minuteMs } from '../aging.js';
import { Fleet, type Insisted } from '../Fleet.js';
import type { Changes } from '../FleetProcess.js';
import { hourMs } from '../ModelAdobe.js';
import {
  atMost,
  exactly,
  verdictOf,
  within,
  type Scale,
  type Situation,
  type Verdict,
} from '../Situation.js';
import { inTheMiddle, sizes, type Size } from '../sizes.js';
import { noEarlierFirst } from '../switchedOff.js';

const forgotten = inTheMiddle;
const lifeMs = hourMs / 2;

/** What Adobe Pass knows when it has come back: its former state, both pairs, or still only the later one. */
type Knows = 'first' | 'both' | 'second';

async function live(size: Size, knows: Knows, changes: Changes): Promise<Verdict> {
  const fleet = new Fleet({ ...size, changes });
  const { time, adobe, ledger } = fleet;
  adobe.lifeMs = ({ device }) => (device === forgotten ? lifeMs : 6 * hourMs);
  await fleet.register(fleet.devices, 2 * minuteMs);
  const first = await signIn(fleet);

  time.jump(hourMs);
  first.known = false;
  const replaced = await insist(fleet);
  const second = adobe.clients.get(replaced.clientId ?? '');

  time.jump(hourMs);
  const cameBackAt = time.now();
  first.known = knows !== 'second';
  if (second !== undefined) second.known = knows !== 'first';
  const back = await insist(fleet);
  let otherwise = 0;
  fleet.load([forgotten], {
    everyMs: 5 * minuteMs,
    onAnswer({ clientId }) {
      if (clientId !== first.id) otherwise += 1;
    },
  });
  await time.run(2 * hourMs);
  const since = ledger.since(cameBackAt);
  return verdictOf([
    within(replaced.afterMs, 10_000, 'replaced'),
    within(back.clientId === first.id ? back.afterMs : null, 15_000, 'the pair with the sign-in back'),
    atMost(otherwise, 0, 'callers with another pair later'),
    exactly(since.changes.length, 1, 'change of pair'),
    atMost(since.count('register'), 0, 'further registrations'),
  ]);
}

async function signIn(fleet: Fleet): Promise<{ readonly id: string; known: boolean }> {
  const { adobe, store, time } = fleet;
  const first = adobe.clients.get(store.clients.get(forgotten) ?? '');
  if (first === undefined) throw new Error(`device ${forgotten} has not been registered`);
  first.signedIn = true;
  void fleet.client(forgotten).profiles.all();
  await time.run(5_000);
  return first;
}

async function insist(fleet: Fleet): Promise<Insisted> {
  let insisted: Insisted = { afterMs: null, clientId: null };
  void fleet.insist(forgotten, minuteMs).then((served) => {
    insisted = served;
  });
  await fleet.time.run(2 * minuteMs);
  return insisted;
}

export function comesBack(scale: Scale): Situation {
  const { small } = sizes[scale];
  return {
    name: 'comes-back',
    situation: 'Adobe Pass forgets a pair with a sign-in, it is replaced, Adobe Pass comes back',
    mustBe: 'the pair with the sign-in counts again, 0 further registrations',
    hours: [
      { form: 'in its former state', run: (changes) => live(small, 'first', changes) },
      { form: 'knowing both pairs', run: (changes) => live(small, 'both', changes) },
    ],
    controls: [
      { off: 'it comes back without the first pair', run: () => live(small, 'second', {}) },
      { off: 'earlier pairs with a sign-in do not go first', run: () => live(small, 'both', noEarlierFirst) },
    ],
  };
}
