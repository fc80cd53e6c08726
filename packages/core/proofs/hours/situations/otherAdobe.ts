import { age, minuteMs, type Tokens } from '../aging.js';
import { Fleet } from '../Fleet.js';
import type { Changes } from '../FleetProcess.js';
import { hourMs, ModelAdobe } from '../ModelAdobe.js';
import { atMost, beside, verdictOf, type Scale, type Situation, type Verdict } from '../Situation.js';
import { sizes, type Size } from '../sizes.js';
import { unbridled } from '../switchedOff.js';

const lost = 0;
const patienceMs = 2_000;

interface Way {
  readonly size: Size;
  readonly tokens: Tokens;
  readonly lengthMs: number;
}

async function live({ size, tokens, lengthMs }: Way, changes: Changes): Promise<Verdict> {
  const fleet = new Fleet({ ...size, changes });
  const { time, ledger } = fleet;
  await age(fleet, tokens, lengthMs);
  const startedAt = time.now();
  const other = new ModelAdobe('other', time, ledger);
  fleet.ways.set(lost, other);
  let disturbed = 0;
  let turnedAway = 0;
  fleet.load(fleet.devices, {
    everyMs: minuteMs,
    onAnswer({ device, code, waitedMs }) {
      if (fleet.processOf(device) === lost) turnedAway += code === null ? 0 : 1;
      else if (code !== null || waitedMs > patienceMs) disturbed += 1;
    },
  });
  await time.run(lengthMs);
  const since = ledger.since(startedAt);
  return verdictOf([
    atMost(since.changes.length, 2, 'pairs changed'),
    atMost(disturbed, 0, 'others disturbed'),
    beside(`${other.clients.size} registered at the other Adobe Pass`),
    beside(`${turnedAway} turned away by the process that is lost`),
  ]);
}

export function otherAdobe(scale: Scale): Situation {
  const { small } = sizes[scale];
  const lengthMs = scale === 'full' ? hourMs : 5 * minuteMs;
  const way = { size: small, lengthMs };
  return {
    name: 'other-adobe',
    situation: `one process of ${small.processes} with a path to another Adobe Pass, which registers gladly, ${lengthMs / minuteMs} min`,
    mustBe: '≤ 2 changes of pair in the fleet, the others undisturbed',
    hours: [
      { form: 'a third of the tokens ends', run: (changes) => live({ ...way, tokens: 'third' }, changes) },
      { form: 'no usable token', run: (changes) => live({ ...way, tokens: 'none' }, changes) },
    ],
    controls: [
      {
        off: 'no veto, no fuse, no witnesses',
        run: () => live({ ...way, tokens: 'none', lengthMs: 5 * minuteMs }, unbridled),
      },
    ],
  };
}
