import { describe, expect, it } from 'vitest';
import { nextPair } from '../../src/registration/record.js';
import { defaultPolicy } from './defaultPolicy.js';
import {
  absent,
  Device,
  failure,
  heldFor,
  hourMs,
  nothing,
  pair,
  startedAt,
  stored,
  unreadable,
  type Happening,
} from './device.js';

const mine = pair('mine', 2);
const token = heldFor(mine);
const marked = { ...mine, boundAt: startedAt };
const readStrongly = { type: 'readRecords', strong: true } as const;
const markMine = { type: 'swapCredentials', expected: 'mine v1', next: marked } as const;
const confirmed = { type: 'confirmed' } as const;
const down = { type: 'cacheFailed', failure: failure('cache_unavailable', 1_000) } as const;

const swapRefused = (current: typeof absent | ReturnType<typeof stored<typeof mine>>): Happening => ({
  type: 'credentialsSwapped',
  result: { ok: false, current },
});

function binding(known: ConstructorParameters<typeof Device>[0] = {}, policy = defaultPolicy): Device {
  const device = new Device({ pair: mine, pairVersion: 'mine v1', token, ...known }, policy);
  device.send({ type: 'confirmNeeded' });
  return device;
}

describe('before a call that may bind a viewer', () => {
  it('one swap says that the pair still is the stored one, and marks it', () => {
    const device = binding();
    expect(device.effects).toEqual([markMine]);
    expect(device.answerAsUsual()).toEqual([confirmed]);
    expect(device.state).toMatchObject({
      kind: 'resting',
      known: { pair: marked, pairVersion: 'written', token },
    });
  });

  it('a pair that was marked less than a minute ago is looked at and not written', () => {
    const young = { ...mine, boundAt: startedAt - 59_999 };
    const device = binding({ pair: young });
    expect(device.effects).toEqual([readStrongly]);
    device.shown = { ...nothing, credentials: stored(young, 'mine v2') };
    expect(device.answerAsUsual()).toEqual([confirmed]);
    expect(device.known).toMatchObject({ pair: young, pairVersion: 'mine v2' });
  });

  it('a minute later it is marked again', () => {
    const device = binding({ pair: { ...mine, boundAt: startedAt - 60_000 } });
    expect(device.effects).toEqual([markMine]);
  });

  it('a mark that is ahead of the clock counts as made now: it is looked at, and stays', () => {
    const ahead = { ...mine, boundAt: startedAt + 24 * hourMs };
    const device = binding({ pair: ahead });
    expect(device.effects).toEqual([readStrongly]);
    device.shown = { ...nothing, credentials: stored(ahead) };
    expect(device.answerAsUsual()).toEqual([confirmed]);
    expect(device.known.pair).toEqual(ahead);
  });

  it('a young mark that is only in memory is stored', () => {
    const young = { ...mine, boundAt: startedAt - 1 };
    const device = binding({ pair: young });
    device.shown = { ...nothing, credentials: stored(mine, 'mine v2') };
    expect(device.answerAsUsual()).toEqual([{ ...markMine, expected: 'mine v2' }]);
  });

  it('a pair whose version is not known is looked at first', () => {
    const device = binding({ pairVersion: null });
    expect(device.effects).toEqual([readStrongly]);
    device.shown = { ...nothing, credentials: stored(mine, 'mine v7') };
    expect(device.answerAsUsual()).toEqual([{ ...markMine, expected: 'mine v7' }]);
    expect(device.answerAsUsual()).toEqual([confirmed]);
  });
});

describe('where the stored record is another one than memory knows', () => {
  it('the same pair is marked from its new version', () => {
    const device = binding();
    const signedIn = { ...mine, signedInAt: startedAt - hourMs };
    expect(device.send(swapRefused(stored(signedIn, 'mine v2')))).toEqual([
      { ...markMine, expected: 'mine v2', next: { ...signedIn, boundAt: startedAt } },
    ]);
    expect(device.answerAsUsual()).toEqual([confirmed]);
    expect(device.known.pair).toEqual({ ...signedIn, boundAt: startedAt });
  });

  it('a pair that another process has marked just now is not marked again', () => {
    const device = binding();
    const there = { ...mine, boundAt: startedAt - 5 };
    expect(device.send(swapRefused(stored(there, 'mine v2')))).toEqual([confirmed]);
    expect(device.known).toMatchObject({ pair: there, pairVersion: 'mine v2' });
  });

  it('one that has taken its place is taken over and marked, and the token of the other is dropped', () => {
    const newer = nextPair(pair('newer'), mine);
    const device = binding();
    expect(device.send(swapRefused(stored(newer, 'newer v1')))).toEqual([
      { type: 'report', report: { type: 'credentialsChanged', generation: 3 } },
      { type: 'swapCredentials', expected: 'newer v1', next: { ...newer, boundAt: startedAt } },
    ]);
    expect(device.answerAsUsual()).toEqual([confirmed]);
    expect(device.known).toMatchObject({ pair: { clientId: 'newer', boundAt: startedAt }, token: null });
  });

  it('of two pairs that know nothing of each other, the one that counts is stored, marked', () => {
    const theirs = { ...pair('theirs', 2), signedInAt: startedAt - hourMs };
    const device = binding();
    expect(device.send(swapRefused(stored(theirs, 'theirs v1')))).toMatchObject([
      {
        type: 'swapCredentials',
        expected: 'theirs v1',
        next: { clientId: 'theirs', generation: 3, boundAt: startedAt, earlier: [{ clientId: 'mine' }] },
      },
    ]);
    expect(device.answerAsUsual()).toEqual([
      { type: 'pairRestored' },
      { type: 'report', report: { type: 'credentialsConflict', generation: 3 } },
      confirmed,
    ]);
    expect(device.known).toMatchObject({ pair: { clientId: 'theirs' }, token: null });
  });

  it('what the cache has lost is put back, marked', () => {
    const device = binding();
    expect(device.send(swapRefused(absent))).toEqual([{ ...markMine, expected: null }]);
    expect(device.answerAsUsual()).toEqual([
      { type: 'pairRestored' },
      { type: 'report', report: { type: 'credentialsRestored', generation: 2 } },
      confirmed,
    ]);
  });

  it('a pair that the operator has had forgotten is dropped, so that the device is registered anew', () => {
    const device = binding();
    const current = { kind: 'forgotten', generation: 2, version: 'mark' } as const;
    expect(device.send({ type: 'credentialsSwapped', result: { ok: false, current } })).toEqual([]);
    expect(device.state).toMatchObject({ kind: 'resting', known: { pair: null, token: null } });
  });

  it('a record that cannot be opened binds nobody', () => {
    const device = binding();
    device.send(swapRefused(unreadable));
    expect(device.effects).toMatchObject([
      { type: 'report', report: { type: 'recordUnreadable', record: 'credentials' } },
      { type: 'unconfirmed', failure: { code: 'cache_record_unreadable', retryAfterMs: 10_000 } },
    ]);
    expect(device.state).toMatchObject({ kind: 'resting', known: { pair: mine, token } });
  });

  it('that changes its answer three times binds nobody', () => {
    const device = binding();
    for (const version of ['v2', 'v3']) device.send(swapRefused(stored(mine, version)));
    expect(device.send(swapRefused(stored(mine, 'v4')))).toMatchObject([
      { type: 'unconfirmed', failure: { code: 'cache_unavailable' } },
    ]);
  });
});

describe('where nobody answers the swap', () => {
  it('and the pair is there, marked: the call goes out', () => {
    const device = binding();
    expect(device.send(down)).toEqual([readStrongly]);
    device.shown = { ...nothing, credentials: stored(marked, 'mine v2') };
    expect(device.answerAsUsual()).toEqual([confirmed]);
    expect(device.known).toMatchObject({ pair: marked, pairVersion: 'mine v2' });
  });

  it('and the pair is there without the mark: it is marked in memory, and the call goes out', () => {
    const device = binding();
    device.send(down);
    device.shown = { ...nothing, credentials: stored(mine, 'mine v1') };
    expect(device.answerAsUsual()).toEqual([confirmed]);
    expect(device.known).toMatchObject({ pair: marked, pairVersion: 'mine v1' });
  });

  it('and another pair is there: that one is marked', () => {
    const newer = nextPair(pair('newer'), mine);
    const device = binding();
    device.send(down);
    device.shown = { ...nothing, credentials: stored(newer, 'newer v1') };
    expect(device.answerAsUsual()).toMatchObject([
      { type: 'report', report: { type: 'credentialsChanged' } },
      { type: 'swapCredentials', expected: 'newer v1', next: { clientId: 'newer', boundAt: startedAt } },
    ]);
  });

  it('the cache is read twice; then nobody is bound', () => {
    const device = binding();
    expect(device.send(down)).toEqual([readStrongly]);
    expect(device.send(down)).toEqual([readStrongly]);
    expect(device.send(down)).toEqual([{ type: 'unconfirmed', failure: down.failure }]);
    expect(device.state).toMatchObject({ kind: 'resting', known: { pair: mine, token } });
  });

  it('the third time, after others were first twice, nobody is bound', () => {
    const device = binding();
    for (const version of ['v2', 'v3']) device.send(swapRefused(stored(mine, version)));
    expect(device.send(down)).toEqual([{ type: 'unconfirmed', failure: down.failure }]);
  });

  it('the call goes out all the same where the operator has said so, and memory has the mark', () => {
    const device = binding({}, { ...defaultPolicy, ephemeral: true });
    for (let times = 1; times < 3; times += 1) device.send(down);
    expect(device.send(down)).toEqual([confirmed]);
    expect(device.known.pair).toEqual(marked);
  });
});

describe('a pair that was registered while the cache could not be asked', () => {
  const ephemeral = { ...pair('mine'), generation: 0 };

  it('is stored as the first of its device, marked', () => {
    const device = binding({ pair: ephemeral, pairVersion: null });
    expect(device.answerAsUsual()).toEqual([
      { ...markMine, expected: null, next: { ...ephemeral, generation: 1, boundAt: startedAt } },
    ]);
    expect(device.answerAsUsual()).toEqual([
      { type: 'pairStored' },
      { type: 'report', report: { type: 'credentialsRegistered', generation: 1 } },
      confirmed,
    ]);
  });

  it('gives way to a stored one with another that waited to be stored, which is reported', () => {
    const device = binding({ pair: ephemeral, pairVersion: null, unpublished: pair('fresh') });
    device.shown = { ...nothing, credentials: stored(pair('theirs'), 'theirs v1') };
    expect(device.answerAsUsual()).toMatchObject([
      { type: 'report', report: { type: 'credentialsOrphaned' } },
      { type: 'report', report: { type: 'credentialsChanged', generation: 1 } },
      { type: 'swapCredentials', next: { clientId: 'theirs', boundAt: startedAt } },
    ]);
  });

  it('gives way to a stored one, which is marked', () => {
    const device = binding({ pair: ephemeral, pairVersion: null });
    device.shown = { ...nothing, credentials: stored(pair('theirs'), 'theirs v1') };
    expect(device.answerAsUsual()).toMatchObject([
      { type: 'report', report: { type: 'credentialsChanged', generation: 1 } },
      { type: 'swapCredentials', next: { clientId: 'theirs', boundAt: startedAt } },
    ]);
  });
});

describe('meanwhile', () => {
  it('a caller who wants a token changes nothing', () => {
    const device = binding();
    expect(device.send({ type: 'tokenNeeded' })).toEqual([]);
    expect(device.state.kind).toBe('marking');
  });

  it('a token that a 401 names is forgotten', () => {
    const device = binding();
    device.send({ type: 'tokenRejected', accessToken: token.accessToken });
    expect(device.state).toMatchObject({ kind: 'marking', known: { token: null } });
  });
});
