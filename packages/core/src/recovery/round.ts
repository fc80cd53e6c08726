import { around, everyRange, noRanges, union, type Ranges } from './ranges.js';

/** One recovery, from the first pair that is found missing to the last look. */
export interface Round {
  /** Where a pair was missing. */
  readonly lost: Ranges;
  /** Where all pairs are looked for, or were. */
  readonly covered: Ranges;
}

export const noRound: Round = { lost: noRanges, covered: noRanges };

export interface RoundStep {
  readonly round: Round;
  /** Where all pairs are to be looked for now. */
  readonly look: readonly number[];
}

/**
 * A pair of `range` was missing. `isNew`: it was not just being looked for because of an earlier loss, so what was looked
 * at before may be lost again.
 */
export function withLoss(round: Round, range: number, isNew: boolean): RoundStep {
  const wanted = around(range);
  const look = isNew ? wanted : wanted.filter((each) => !round.covered.has(each));
  return { round: { lost: union(round.lost, [range]), covered: union(round.covered, wanted) }, look };
}

/** Something is missing nearly wherever this process knows anything: so it is where it knows nothing. */
export function isEverywhere(
  { lost }: Round,
  neighbours: { readonly of: (range: number) => readonly string[] },
): boolean {
  return lost.size * 2 >= everyRange.filter((range) => neighbours.of(range).length > 0).length;
}

/** Another process says that it has lost all that it had of these ranges. */
export function withTold(
  { covered }: Pick<Round, 'covered'>,
  wiped: Ranges,
): { readonly covered: Ranges; readonly look: readonly number[] } {
  const wanted = new Set([...wiped].flatMap(around));
  return { covered: union(covered, wanted), look: [...wanted].filter((each) => !covered.has(each)) };
}
