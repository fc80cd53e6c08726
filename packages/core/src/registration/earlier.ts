import type { CredentialsRecord, EarlierPair, PairMarks } from './record.js';

/*
 * What a record remembers of the pairs that a device has had. An Adobe that forgets pairs may remember them later, and
 * with them the viewer's sign-in.
 */

/** The pair of `record` as its successor remembers it. */
export function earlierOf(record: CredentialsRecord): EarlierPair {
  const { clientId, clientSecret, registeredAt, statement, generation } = record;
  const { boundAt, signedInAt, signedOutAt } = record;
  return { clientId, clientSecret, registeredAt, statement, boundAt, signedInAt, signedOutAt, generation };
}

export function laterMark(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}

export function newestMarks(one: PairMarks, other: PairMarks): PairMarks {
  return {
    boundAt: laterMark(one.boundAt, other.boundAt),
    signedInAt: laterMark(one.signedInAt, other.signedInAt),
    signedOutAt: laterMark(one.signedOutAt, other.signedOutAt),
  };
}

/** When an answer last showed the sign-in that the pair still has; `null`: it has none. */
export function signInOf({ signedInAt, signedOutAt }: PairMarks): number | null {
  if (signedInAt === null || signedOutAt === null) return signedInAt;
  return signedOutAt > signedInAt ? null : signedInAt;
}

/**
 * Of all that is known of the pairs besides `clientId`, what is kept: the first, the last, and the one with the latest
 * sign-in. By generation.
 */
export function keepEarlier(clientId: string, pairs: readonly EarlierPair[]): readonly EarlierPair[] {
  const byClient = new Map<string, EarlierPair>();
  for (const pair of pairs) {
    if (pair.clientId === clientId) continue;
    const other = byClient.get(pair.clientId);
    byClient.set(pair.clientId, other === undefined ? pair : sameEarlier(other, pair));
  }
  const all = [...byClient.values()].toSorted(
    (one, other) => one.generation - other.generation || one.registeredAt - other.registeredAt,
  );
  const last = all.at(-1);
  const signedIn = all.reduce<EarlierPair | undefined>(
    (best, pair) => (signInRank(pair) > signInRank(best) ? pair : best),
    undefined,
  );
  return all.filter((pair, at) => at === 0 || pair === last || pair === signedIn);
}

function signInRank(pair: EarlierPair | undefined): number {
  return (pair === undefined ? null : signInOf(pair)) ?? Number.NEGATIVE_INFINITY;
}

function sameEarlier(one: EarlierPair, other: EarlierPair): EarlierPair {
  return {
    ...one,
    ...newestMarks(one, other),
    generation: Math.max(one.generation, other.generation),
  };
}
