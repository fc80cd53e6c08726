import { age, minuteMs } from '../aging.js';
import { Fleet } from '../Fleet.js';
import type { Changes } from '../FleetProcess.js';
import { mostWithin } from '../Ledger.js';
import { hourMs } from '../ModelAdobe.js';
import { atMost, between, exactly, verdictOf, within } from '../Situation.js';
import type { Scale, Situation, Verdict } from '../Situation.js';
import { inTheMiddle, sizes, type Size } from '../sizes.js';
import { noFuse, neverProven } from '../switchedOff.js';

/** Ended by the time it matters. */
const shortLifeMs = hourMs / 2;

/** The client that counts for a device is gone at Adobe Pass, for good. */
function kill(fleet: Fleet, device: number): void {
  const client = fleet.adobe.clients.get(fleet.store.clients.get(device) ?? '');
  if (client !== undefined) client.known = false;
}

interface One {
  readonly size: Size;
  readonly dead: number;
  readonly withinMs: number;
}

async function oneDead({ size, dead, withinMs }: One, changes: Changes): Promise<Verdict> {
  const fleet = new Fleet({ ...size, changes });
  const { time, adobe, ledger } = fleet;
  adobe.lifeMs = ({ device }) => (device === dead ? shortLifeMs : 6 * hourMs);
  await age(fleet, 'all', 0);
  const startedAt = time.now();
  kill(fleet, dead);
  let afterMs: number | null = null;
  void fleet.insist(dead, 2 * minuteMs).then((served) => {
    ({ afterMs } = served);
  });
  await time.run(3 * minuteMs);
  const since = ledger.since(startedAt);
  return verdictOf([
    within(afterMs, withinMs, 'served'),
    exactly(since.changes.filter(({ device }) => device === dead).length, 1, 'replaced'),
    atMost(since.changes.filter(({ device }) => device !== dead).length, 0, 'others replaced'),
    exactly(since.count('register'), 1, 'registered'),
  ]);
}

export function aDeadPair(scale: Scale): Situation {
  const size = sizes[scale].small;
  const middle: One = { size, dead: inTheMiddle, withinMs: 10_000 };
  const oldest: One = { size, dead: 1, withinMs: 40_000 };
  const third: One = { size, dead: 1 + 2 * size.processes, withinMs: 40_000 };
  return {
    name: 'one-dead',
    situation: `one pair truly dead among ${size.devices}, its token gone, others quiet`,
    mustBe: 'replaced once in ≤ 10 s (≤ 40 s if it is among the three oldest of its process), 1 registration',
    hours: [
      { form: 'the oldest of its process', run: (changes) => oneDead(oldest, changes) },
      { form: 'the third oldest', run: (changes) => oneDead(third, changes) },
      { form: 'in the middle', run: (changes) => oneDead(middle, changes) },
    ],
    controls: [{ off: 'no number of refusals is enough', run: () => oneDead(middle, neverProven) }],
  };
}

interface Many {
  readonly processes: number;
  readonly devices: number;
  readonly dead: number;
  readonly withoutToken: number;
  readonly minutes: number;
}

async function manyDead(many: Many, changes: Changes): Promise<Verdict> {
  const fleet = new Fleet({ ...many, changes });
  const { time, adobe, ledger } = fleet;
  const outlasting = fleet.devices.filter((device) => device % 3 !== 0);
  const apart = Math.floor(outlasting.length / many.dead);
  const dead = outlasting.filter((_, at) => at % apart === 0).slice(0, many.dead);
  const withoutToken = new Set(dead.slice(0, many.withoutToken));
  adobe.lifeMs = ({ device = 0, registeredAt }) =>
    withoutToken.has(device) && registeredAt < startedAt ? shortLifeMs / 10 : 6 * hourMs;
  let startedAt = Number.POSITIVE_INFINITY;
  await age(fleet, 'third', 10 * minuteMs);
  fleet.load(
    fleet.devices.filter((device) => !withoutToken.has(device)),
    { everyMs: minuteMs },
  );
  await time.run(5 * minuteMs);

  startedAt = time.now();
  for (const device of dead) kill(fleet, device);
  fleet.load([...withoutToken], { everyMs: minuteMs });
  await time.run(many.minutes * minuteMs);
  const { changes: changed } = ledger.since(startedAt);
  const wanted = changed.filter(({ device }) => withoutToken.has(device));
  return verdictOf([
    between(wanted.length, many.withoutToken - 1, many.withoutToken, 'of those without a token replaced'),
    atMost(changed.length - wanted.length, 0, 'others'),
    atMost(
      mostWithin(
        changed.map(({ at }) => at),
        5 * minuteMs,
      ),
      5,
      'in five minutes',
    ),
  ]);
}

export function manyDeadPairs(scale: Scale): Situation {
  const few: Many = { processes: 4, devices: 400, dead: 8, withoutToken: 7, minutes: 12 };
  const many: Many =
    scale === 'full' ? { ...sizes.full.large, dead: 100, withoutToken: 20, minutes: 45 } : few;
  const { dead, devices, withoutToken } = many;
  return {
    name: 'many-dead',
    situation: `${dead} pairs truly dead of ${devices}, ${withoutToken} without a token`,
    mustBe: `${withoutToken - 1}–${withoutToken} replaced as the places allow, 0 others`,
    hours: [{ form: `${many.minutes} min`, run: (changes) => manyDead(many, changes) }],
    controls: [
      { off: 'no number of refusals is enough', run: () => manyDead(few, neverProven) },
      { off: 'no fuse', run: () => manyDead(few, noFuse) },
    ],
  };
}
