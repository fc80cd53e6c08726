import type { CredentialsRecord, EarlierPair, PairMarks } from './record.js';

/*
 * What a record remembers of the pairs that a device has had. An Adobe that forgets pairs may remember them later, and
 * with them the viewer's sign-in.
 */

/** The pair of `record` as its successor remembers it. */
export function earlierOf(record: CredentialsRecord): EarlierPair {
  const { clientId, clientSecret, registeredAt, statement, boundAt, signedInAt, generation } = record;
  return { clientId, clientSecret, registeredAt, statement, boundAt, signedInAt, generation };
}

export function laterMark(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}

export function newestMarks(one: PairMarks, other: PairMarks): PairMarks {
  return {
    boundAt: laterMark(one.boundAt, other.boundAt),
    signedInAt: laterMark(one.signedInAt, other.signedInAt),
  };
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
    (best, pair) => (signInOf(pair) > signInOf(best) ? pair : best),
    undefined,
  );
  return all.filter((pair, at) => at === 0 || pair === last || pair === signedIn);
}

const signInOf = (pair: EarlierPair | undefined): number => pair?.signedInAt ?? Number.NEGATIVE_INFINITY;

function sameEarlier(one: EarlierPair, other: EarlierPair): EarlierPair {
  return {
    ...one,
    ...newestMarks(one, other),
    generation: Math.max(one.generation, other.generation),
  };
}
