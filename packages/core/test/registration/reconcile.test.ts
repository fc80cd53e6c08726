import { describe, expect, it } from 'vitest';
import { adoptPair, reconcile } from '../../src/registration/reconcile.js';
import { initialState, type Known } from '../../src/registration/state.js';
import { absent, heldFor, pair, stored, unreadable } from './device.js';

const mine = pair('mine');
const theirs = pair('theirs');
const blank = initialState(0).known;
const knowing = (known: Partial<Known>): Known => ({ ...blank, ...known });

describe('a strong read that finds no credentials', () => {
  it('means a registration only if this process has none either', () => {
    expect(reconcile(blank, absent)).toEqual({ kind: 'register' });
  });

  it('means that the cache has lost the pair in memory, which is put back', () => {
    expect(reconcile(knowing({ pair: mine }), absent)).toEqual({
      kind: 'store',
      record: mine,
      expected: null,
    });
  });

  it('means that a pair which may not have been stored is stored now', () => {
    expect(reconcile(knowing({ unpublished: mine }), absent)).toEqual({
      kind: 'store',
      record: mine,
      expected: null,
    });
  });
});

it('a strong read that finds what cannot be opened means neither a registration nor a write', () => {
  expect(reconcile(knowing({ pair: mine }), unreadable)).toEqual({ kind: 'unreadable' });
});

describe('a strong read that finds credentials', () => {
  it.each([
    ['nothing is known', {}, theirs, { conflict: false, orphaned: false }],
    ['they are the ones in memory', { pair: mine }, mine, { conflict: false, orphaned: false }],
    [
      'another pair of the same generation is in memory',
      { pair: mine },
      theirs,
      { conflict: true, orphaned: false },
    ],
    [
      'a pair of an earlier generation is in memory',
      { pair: mine },
      pair('theirs', 2),
      { conflict: false, orphaned: false },
    ],
    [
      'they are the pair whose storing was in doubt',
      { unpublished: mine },
      mine,
      { conflict: false, orphaned: false },
    ],
    ['another pair waited to be stored', { unpublished: mine }, theirs, { conflict: false, orphaned: true }],
  ])('takes them over if %s', (_, known, found, expected) => {
    expect(reconcile(knowing(known), stored(found, 'v7'))).toEqual({
      kind: 'adopt',
      record: found,
      version: 'v7',
      ...expected,
    });
  });

  it('writes a later generation over them', () => {
    const later = pair('mine', 2);
    expect(reconcile(knowing({ pair: later }), stored(theirs, 'v7'))).toEqual({
      kind: 'store',
      record: later,
      expected: 'v7',
    });
  });

  it('does not write a pair over itself, whatever generation it has in memory', () => {
    expect(reconcile(knowing({ pair: pair('mine', 2) }), stored(mine))).toMatchObject({ kind: 'adopt' });
  });
});

describe('the pair that counts', () => {
  it('keeps its token and its refusals when it is found again', () => {
    const known = knowing({ pair: mine, unpublished: mine, token: heldFor(mine), refusals: 2 });
    const again = { ...mine, statement: 'as the cache has it' };
    expect(adoptPair(known, again)).toEqual({ ...known, pair: again, unpublished: null });
  });

  it.each([
    ['another pair', { pair: theirs, unpublished: theirs }],
    ['no pair', {}],
  ])('starts without token and refusals where there was %s', (_, pairs) => {
    const known = knowing({ ...pairs, token: heldFor(theirs), refusals: 2 });
    expect(adoptPair(known, mine)).toEqual({
      ...known,
      pair: mine,
      unpublished: null,
      token: null,
      refusals: 0,
    });
  });
});
