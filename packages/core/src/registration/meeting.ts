import { earlierOf, keepEarlier, newestMarks, signInOf } from './earlier.js';
import type { CredentialsRecord, EarlierPair, PairMarks } from './record.js';

/*
 * After a loss, processes may hold different pairs of one device, or older and newer words about one pair. Every process
 * must come to the same end, whichever of the two it finds in the cache: so no rule here says "the stored one".
 */

/** Two records of one pair: the newer word of each counts. */
export function sameMet(one: CredentialsRecord, other: CredentialsRecord): CredentialsRecord {
  return {
    ...other,
    ...newestMarks(one, other),
    generation: Math.max(one.generation, other.generation),
    earlier: keepEarlier(other.clientId, [...one.earlier, ...other.earlier]),
  };
}

/** Whether `record` says all that `other`, of the same pair, says. */
export function saysAllOf(record: CredentialsRecord, other: CredentialsRecord): boolean {
  if (record.generation < other.generation || !coversMarks(record, other)) return false;
  const { earlier } = sameMet(other, record);
  return earlier.every((pair) =>
    record.earlier.some(
      (own) => own.clientId === pair.clientId && own.generation >= pair.generation && coversMarks(own, pair),
    ),
  );
}

/** Whether whoever wrote `record` knew `other`, with all that is known of it: then it was given up on purpose. */
export function knew(record: CredentialsRecord, other: EarlierPair): boolean {
  return record.earlier.some(
    (pair) =>
      pair.clientId === other.clientId && pair.generation >= other.generation && coversMarks(pair, other),
  );
}

export function noMarksOf({ boundAt, signedInAt }: PairMarks): boolean {
  return boundAt === null && signedInAt === null;
}

function coversMarks(known: PairMarks, marks: PairMarks): boolean {
  return (
    covers(known.boundAt, marks.boundAt) &&
    covers(known.signedInAt, marks.signedInAt) &&
    covers(known.signedOutAt, marks.signedOutAt)
  );
}

function covers(known: number | null, mark: number | null): boolean {
  return mark === null || (known !== null && known >= mark);
}

/**
 * Which of two pairs of a device counts, where nobody has given one up for the other: the one that a viewer has signed in
 * with, the more recently the better. Below zero: `one`. Marks ahead of `now` come from another clock and count as now.
 */
export function byWorth(now: number): (one: EarlierPair, other: EarlierPair) => number {
  const worth = (mark: number | null): number =>
    mark === null ? Number.NEGATIVE_INFINITY : Math.min(mark, now);
  const order = (one: number, other: number): number => (one === other ? 0 : other - one);
  return (one, other) =>
    order(worth(signInOf(one)), worth(signInOf(other))) ||
    order(worth(one.boundAt), worth(other.boundAt)) ||
    order(one.generation, other.generation) ||
    one.registeredAt - other.registeredAt ||
    (one.clientId < other.clientId ? -1 : 1);
}

/** Two pairs of one device, of which neither was given up for the other: the record that ends it. */
export function settled(one: CredentialsRecord, other: CredentialsRecord, now: number): CredentialsRecord {
  const [winner, loser] = byWorth(now)(one, other) < 0 ? [one, other] : [other, one];
  return {
    ...winner,
    generation: Math.max(one.generation, other.generation) + 1,
    earlier: keepEarlier(winner.clientId, [...winner.earlier, ...loser.earlier, earlierOf(loser)]),
  };
}
