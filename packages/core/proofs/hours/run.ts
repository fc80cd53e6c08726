import type { Changes } from './FleetProcess.js';
import type { Scale, Situation, Verdict } from './Situation.js';
import { comesBack } from './situations/comesBack.js';
import { aDeadPair, manyDeadPairs } from './situations/deadPairs.js';
import { incidents } from './situations/incidents.js';
import { kickOff } from './situations/kickOff.js';
import { losses } from './situations/losses.js';
import { otherAdobe } from './situations/otherAdobe.js';
import { probes } from './situations/probes.js';
import { recoveries } from './situations/recoveries.js';
import { strayStatement } from './situations/strayStatement.js';
import { twoPairs } from './situations/twoPairs.js';
import { usableToken } from './situations/usableToken.js';

export function situationsOf(scale: Scale): readonly Situation[] {
  return [
    usableToken,
    ...incidents(scale),
    otherAdobe(scale),
    aDeadPair(scale),
    manyDeadPairs(scale),
    comesBack(scale),
    probes(scale),
    twoPairs,
    strayStatement,
    kickOff(scale),
    ...losses(scale),
    ...recoveries(scale),
  ];
}

/** A line of the table. */
export interface Row extends Verdict {
  readonly situation: Situation;
  readonly form: string;
  /** What was switched off; then the run had to fail. */
  readonly off: string | null;
  readonly cpuSeconds: number;
  readonly asItMustBe: boolean;
}

export interface Selection {
  readonly scale: Scale;
  /** All, where it is not given. */
  readonly names?: readonly string[] | undefined;
}

const nothing: Changes = {};

/** Lives through the hours one after the other. */
export async function* rowsOf({ scale, names }: Selection): AsyncGenerator<Row> {
  for (const situation of situationsOf(scale)) {
    if (names !== undefined && !names.includes(situation.name)) continue;
    for (const { form, isLong, run } of situation.hours) {
      if (scale === 'short' && isLong === true) continue;
      yield await timed({ situation, form, off: null }, () => run(nothing));
    }
    for (const { off, run } of situation.controls) yield await timed({ situation, form: '', off }, run);
  }
}

async function timed(
  about: Pick<Row, 'situation' | 'form' | 'off'>,
  run: () => Promise<Verdict>,
): Promise<Row> {
  const before = process.cpuUsage();
  const verdict = await run();
  const { user, system } = process.cpuUsage(before);
  const holds = verdict.wrong.length === 0;
  return {
    ...about,
    ...verdict,
    cpuSeconds: (user + system) / 1_000_000,
    asItMustBe: holds === (about.off === null),
  };
}
