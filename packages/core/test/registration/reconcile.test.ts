import { describe, expect, it } from 'vitest';
import { earlierOf } from '../../src/registration/earlier.js';
import { nextPair } from '../../src/registration/record.js';
import { adoptPair, reconcile, type Reconciled } from '../../src/registration/reconcile.js';
import { initialState, type Known } from '../../src/registration/state.js';
import { absent, heldFor, pair, startedAt, stored, unreadable } from './device.js';

const mine = pair('mine');
const theirs = pair('theirs');
const blank = initialState(0).known;
const knowing = (known: Partial<Known>): Known => ({ ...blank, ...known });
const found = (known: Partial<Known>, record: typeof mine): Reconciled =>
  reconcile(knowing(known), stored(record, 'v7'), startedAt);

describe('a strong read that finds no credentials', () => {
  it('means a registration only if this process has none either', () => {
    expect(reconcile(blank, absent, startedAt)).toEqual({ kind: 'register', forgotten: null });
  });

  it.each([
    ['the cache has lost the pair in memory, which is put back', { pair: mine }, 'lost'],
    ['a pair which may not have been stored is stored now', { unpublished: mine }, 'new'],
    ['a pair that was registered without the cache is stored now', { pair: pair('mine', 0) }, 'new'],
  ])('means that %s', (_, known, reason) => {
    expect(reconcile(knowing(known), absent, startedAt)).toEqual({
      kind: 'store',
      record: mine,
      expected: null,
      reason,
    });
  });
});

describe('a strong read that finds that the device was forgotten', () => {
  const forgotten = { kind: 'forgotten', generation: 3, version: 'mark' } as const;

  it.each([
    ['this process has no pair', {}],
    ['it has one of before', { pair: pair('mine', 2) }],
    ['it has one of the generation that was forgotten', { pair: pair('mine', 3) }],
    ['it has one of before that is not known to be stored', { unpublished: pair('mine', 1) }],
    ['it has one that was registered without the cache', { pair: pair('mine', 0) }],
  ])('means a registration in the place of the mark where %s', (_, known) => {
    expect(reconcile(knowing(known), forgotten, startedAt)).toEqual({ kind: 'register', forgotten });
  });

  it.each([
    ['pair', { pair: pair('mine', 4) }],
    ['unpublished pair', { unpublished: pair('mine', 4) }],
  ])('means that a later %s takes the place of the mark, which an old copy has brought back', (_, known) => {
    expect(reconcile(knowing(known), forgotten, startedAt)).toMatchObject({
      kind: 'store',
      record: pair('mine', 4),
      expected: 'mark',
      reason: 'lost',
    });
  });
});

it('a strong read that finds what cannot be opened means neither a registration nor a write', () => {
  expect(reconcile(knowing({ pair: mine }), unreadable, startedAt)).toEqual({ kind: 'unreadable' });
});

describe('a strong read that finds credentials', () => {
  it.each([
    ['nothing is known', {}, theirs, false],
    ['they are the ones in memory', { pair: mine }, mine, false],
    ['they were put in the place of the ones in memory', { pair: mine }, nextPair(theirs, mine), false],
    ['those in memory were registered without the cache', { pair: pair('mine', 0) }, theirs, false],
    ['they are the pair whose storing was in doubt', { unpublished: mine }, mine, false],
    ['another pair waited to be stored', { unpublished: mine }, theirs, true],
  ])('takes them over if %s', (_, known, record, orphaned) => {
    expect(found(known, record)).toEqual({ kind: 'adopt', record, version: 'v7', orphaned });
  });

  it('writes over them what was put in their place: the cache has fallen back', () => {
    const later = nextPair(mine, theirs);
    expect(found({ pair: later }, theirs)).toEqual({
      kind: 'store',
      record: later,
      expected: 'v7',
      reason: 'lost',
    });
  });

  it.each([
    ['an earlier generation', pair('mine', 2), mine, pair('mine', 2), 'lost'],
    [
      'an older sign-in',
      { ...mine, signedInAt: 9 },
      { ...mine, boundAt: 5 },
      { ...mine, boundAt: 5, signedInAt: 9 },
      'newer',
    ],
    [
      'an older call that binds',
      { ...mine, boundAt: 9 },
      { ...mine, boundAt: 5 },
      { ...mine, boundAt: 9 },
      'newer',
    ],
  ])('writes the newer word about the same pair over %s', (_, known, record, written, reason) => {
    expect(found({ pair: known }, record)).toEqual({
      kind: 'store',
      record: written,
      expected: 'v7',
      reason,
    });
  });
});

describe('two pairs of which neither was given up for the other', () => {
  const now = startedAt;
  const rows: [string, Partial<typeof mine>, Partial<typeof mine>][] = [
    ['one that a viewer has signed in with', { signedInAt: now - 9 }, { boundAt: now, generation: 5 }],
    [
      'a sign-in that has not ended',
      { signedInAt: now - 9 },
      { signedInAt: now - 2, signedOutAt: now - 1, boundAt: now, generation: 5 },
    ],
    ['the later sign-in', { signedInAt: now - 1 }, { signedInAt: now - 2, boundAt: now, generation: 5 }],
    ['the later call that binds', { boundAt: now - 1 }, { boundAt: now - 2, generation: 5 }],
    ['the higher generation', { generation: 3 }, { generation: 2, registeredAt: 1 }],
    ['the earlier registration', { registeredAt: 1 }, { registeredAt: 2 }],
    ['the smaller client id', {}, {}],
    [
      'a mark ahead of the clock counts as now',
      { signedInAt: now, boundAt: now },
      { signedInAt: now + 99_999 },
    ],
  ];

  it.each(rows)('the same counts whichever the cache holds: %s', (_, better, worse) => {
    const winner = { ...pair('a'), ...better };
    const loser = { ...pair('b'), ...worse };
    const generation = Math.max(winner.generation, loser.generation) + 1;
    const given = earlierOf(loser);
    const record = { ...winner, generation, earlier: [given] };
    const outcome = { kind: 'store', record, expected: 'v7', reason: 'conflict' };
    expect(found({ pair: winner }, loser)).toEqual(outcome);
    expect(found({ pair: loser }, winner)).toEqual(outcome);
  });

  it('what comes of it is taken over by both', () => {
    const outcome = found({ pair: pair('a') }, pair('b'));
    if (outcome.kind !== 'store') throw new Error(outcome.kind);
    for (const known of [pair('a'), pair('b')]) {
      expect(found({ pair: known }, outcome.record)).toMatchObject({ kind: 'adopt', record: outcome.record });
    }
  });

  it('a pair that was given up before a viewer signed in with it counts again', () => {
    const replaced = nextPair(theirs, mine);
    const used = { ...mine, signedInAt: now - 1 };
    expect(found({ pair: used }, replaced)).toMatchObject({
      kind: 'store',
      record: { clientId: 'mine', signedInAt: now - 1, generation: 3, earlier: [{ clientId: 'theirs' }] },
    });
  });
});

describe('the pair that counts', () => {
  it('keeps its token and its refusals when it is found again', () => {
    const known = knowing({ pair: mine, unpublished: mine, token: heldFor(mine), refusals: 2 });
    const again = { ...mine, statement: 'as the cache has it' };
    expect(adoptPair(known, again, null)).toEqual({ ...known, pair: again, unpublished: null });
  });

  it('keeps what this process knows of it when an older word of it is found', () => {
    const known = knowing({ pair: { ...mine, signedInAt: 9, generation: 3 } });
    expect(adoptPair(known, { ...mine, boundAt: 5 }, null).pair).toEqual({
      ...mine,
      boundAt: 5,
      signedInAt: 9,
      generation: 3,
    });
  });

  it.each([
    ['another pair', { pair: theirs, unpublished: theirs }],
    ['no pair', {}],
  ])('starts without token and refusals where there was %s', (_, pairs) => {
    const known = knowing({ ...pairs, token: heldFor(theirs), refusals: 2 });
    expect(adoptPair(known, mine, null)).toEqual({
      ...known,
      pair: mine,
      unpublished: null,
      token: null,
      refusals: 0,
    });
  });
});
