import { describe, expect, it } from 'vitest';
import { keepEarlier } from '../../src/registration/earlier.js';
import type { EarlierPair } from '../../src/registration/record.js';

const pair = (
  clientId: string,
  generation: number,
  signedInAt: number | null = null,
  signedOutAt: number | null = null,
): EarlierPair => ({
  clientId,
  clientSecret: 'secret',
  registeredAt: generation,
  statement: 'statement',
  boundAt: null,
  signedInAt,
  signedOutAt,
  generation,
});
const kept = (...pairs: readonly EarlierPair[]): readonly string[] =>
  keepEarlier('current', pairs).map(({ clientId }) => clientId);

describe('of the pairs that a device has had', () => {
  it('the first, the last and the one with the latest sign-in are kept', () => {
    expect(kept(pair('d', 4), pair('a', 1), pair('b', 2, 9), pair('c', 3, 5))).toEqual(['a', 'b', 'd']);
  });

  it('a sign-in that the viewer has ended does not count', () => {
    expect(kept(pair('a', 1), pair('b', 2, 9, 10), pair('c', 3, 5, 4), pair('d', 4))).toEqual([
      'a',
      'c',
      'd',
    ]);
  });

  it('a sign-in and a sign-out at the same instant are a sign-in', () => {
    expect(kept(pair('a', 1), pair('b', 2, 9, 9), pair('c', 3))).toEqual(['a', 'b', 'c']);
  });

  it('of those of one generation the one that was registered sooner comes first', () => {
    const registered = (clientId: string, registeredAt: number): EarlierPair => ({
      ...pair(clientId, 1),
      registeredAt,
    });
    const pairs = [registered('b', 2), registered('a', 1), registered('c', 3)];
    expect(kept(...pairs)).toEqual(['a', 'c']);
  });

  it('of two sign-ins at the same instant the first one counts', () => {
    expect(kept(pair('a', 1), pair('b', 2, 9), pair('c', 3, 9), pair('d', 4))).toEqual(['a', 'b', 'd']);
  });

  it('two are kept where the first or the last has the latest sign-in', () => {
    expect(kept(pair('a', 1, 9), pair('b', 2), pair('c', 3))).toEqual(['a', 'c']);
  });

  it('each is kept once, with the newer of all that is known, and the current one is none of them', () => {
    const pairs = [pair('a', 1, 9), { ...pair('a', 3), boundAt: 7 }, pair('current', 2)];
    expect(keepEarlier('current', pairs)).toEqual([{ ...pair('a', 1, 9), boundAt: 7, generation: 3 }]);
  });
});
