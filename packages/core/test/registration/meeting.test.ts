import { describe, expect, it } from 'vitest';
import { earlierOf, laterMark } from '../../src/registration/earlier.js';
import { isFresh } from '../../src/registration/marks.js';
import { byWorth, knew, noMarksOf, saysAllOf, settled } from '../../src/registration/meeting.js';
import { noMarks, type CredentialsRecord, type EarlierPair } from '../../src/registration/record.js';
import { pair, startedAt as now } from './device.js';

type Given = Partial<Omit<EarlierPair, 'clientId'>>;

const full: Given = { generation: 3, boundAt: now - 30, signedInAt: now - 20, signedOutAt: now - 10 };
const mine = (given: Given = {}): CredentialsRecord => ({ ...pair('mine'), ...full, ...given });
const other = (given: Given = {}): EarlierPair => {
  return earlierOf({ ...pair('other'), ...full, ...given });
};
const listing = (...earlier: readonly EarlierPair[]): CredentialsRecord => ({ ...mine(), earlier });

/** What is one word short of `full`. */
const shorts: readonly [string, Given][] = [
  ['generation', { generation: 2 }],
  ['mark of a call that binds', { boundAt: now - 31 }],
  ['mark of a call that binds, of which it has none', { boundAt: null }],
  ['mark of a sign-in', { signedInAt: now - 21 }],
  ['mark of a sign-in, of which it has none', { signedInAt: null }],
  ['mark of a sign-out', { signedOutAt: now - 11 }],
  ['mark of a sign-out, of which it has none', { signedOutAt: null }],
];

describe('a record says all that another of the same pair says', () => {
  it('where they say the same, or the other says less', () => {
    expect(saysAllOf(mine(), mine())).toBe(true);
    for (const [, short] of shorts) expect(saysAllOf(mine(), mine(short))).toBe(true);
  });

  it.each(shorts)('but not with an older %s', (_, short) => {
    expect(saysAllOf(mine(short), mine())).toBe(false);
  });

  it('but not without an earlier pair that the other lists', () => {
    expect(saysAllOf(listing(), listing(other()))).toBe(false);
    expect(saysAllOf(listing({ ...other(), clientId: 'third' }), listing(other()))).toBe(false);
    expect(saysAllOf(listing(other()), listing())).toBe(true);
    expect(saysAllOf(listing(other()), listing(other()))).toBe(true);
  });

  it.each(shorts)('but not with an older %s of an earlier pair', (_, short) => {
    expect(saysAllOf(listing(other(short)), listing(other()))).toBe(false);
    expect(saysAllOf(listing(other()), listing(other(short)))).toBe(true);
  });

  it('where it lists several earlier pairs, each of them', () => {
    const third = { ...other({ generation: 1 }), clientId: 'third' };
    expect(saysAllOf(listing(third, other()), listing(third, other()))).toBe(true);
    expect(saysAllOf(listing(third, other({ boundAt: null })), listing(third, other()))).toBe(false);
  });
});

describe('whoever wrote a record knew another pair', () => {
  it('where the record lists it with all that is known of it', () => {
    expect(knew(listing(other()), other())).toBe(true);
    for (const [, short] of shorts) expect(knew(listing(other()), other(short))).toBe(true);
  });

  it.each(shorts)('but not with an older %s', (_, short) => {
    expect(knew(listing(other(short)), other())).toBe(false);
  });

  it('but not where it lists others only, whatever they say', () => {
    expect(knew(listing(), other())).toBe(false);
    const third = { ...other({ generation: 9, signedInAt: now, boundAt: now }), clientId: 'third' };
    expect(knew(listing(third), other())).toBe(false);
    expect(knew(listing(third), other({ generation: 1, ...noMarks }))).toBe(false);
    expect(knew(listing(third, other()), other())).toBe(true);
  });
});

it('a pair that nothing has been done with has no marks', () => {
  expect(noMarksOf(noMarks)).toBe(true);
  expect(noMarksOf({ ...noMarks, boundAt: 1 })).toBe(false);
  expect(noMarksOf({ ...noMarks, signedInAt: 1 })).toBe(false);
});

describe('of two marks the later one counts', () => {
  it.each([
    [null, null, null],
    [1, null, 1],
    [null, 1, 1],
    [-1, null, -1],
    [null, -1, -1],
    [1, 2, 2],
    [2, 1, 2],
  ])('of %s and %s it is %s', (one, two, later) => {
    expect(laterMark(one, two)).toBe(later);
  });
});

it('no mark is never a fresh one', () => {
  expect(isFresh(null, 10, 5)).toBe(false);
  expect(isFresh(0, 10, 5)).toBe(true);
  expect(isFresh(0, 5, 5)).toBe(false);
});

describe('the order by which pairs count', () => {
  const order = byWorth(now);

  it('is the same for pairs of which nothing differs but the name', () => {
    const [one, two] = [pair('a'), pair('b')];
    expect(order(one, two)).toBe(-1);
    expect(order(two, one)).toBe(1);
  });

  it('puts a mark at the beginning of time before none', () => {
    const marked = { ...pair('b'), boundAt: 0 };
    expect(order(marked, pair('a'))).toBeLessThan(0);
    expect(order(pair('a'), marked)).toBeGreaterThan(0);
    const before = { ...pair('b'), signedInAt: -1_000 };
    expect(order(before, pair('a'))).toBeLessThan(0);
  });

  it('takes two marks that lie ahead for the same', () => {
    const [one, two] = [
      { ...pair('a'), signedInAt: now + 5 },
      { ...pair('b'), signedInAt: now + 9 },
    ];
    expect(order(one, two)).toBe(-1);
    expect(settled(one, two, now).clientId).toBe('a');
    expect(settled(two, one, now).clientId).toBe('a');
  });
});
