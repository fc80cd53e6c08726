import { describe, expect, it } from 'vitest';
import { nextPair } from '../../src/registration/record.js';
import { absent, ages, Device, failure, heldFor, nothing, pair, stored, unreadable } from './device.js';

const mine = pair('mine', 2);
const token = heldFor(mine);
const suspected = { type: 'lossSuspected' } as const;
const readStrongly = { type: 'readRecords', strong: true } as const;
const putBack = { type: 'swapCredentials', expected: null, next: mine } as const;

function suspicious(known: ConstructorParameters<typeof Device>[0] = { pair: mine, token }): Device {
  const device = new Device(known);
  device.send(suspected);
  return device;
}

describe('when the cache may have lost a pair', () => {
  it('a device without one does nothing', () => {
    const device = new Device();
    expect(device.send(suspected)).toEqual([]);
    expect(device.state.kind).toBe('resting');
  });

  it('and the operator has had it forgotten, it is forgotten here too', () => {
    const device = suspicious();
    const credentials = { kind: 'forgotten', generation: 2, version: 'mark' } as const;
    device.shown = { ...nothing, credentials };
    expect(device.answerAsUsual()).toEqual([]);
    expect(device.state).toMatchObject({ kind: 'resting', known: { pair: null, token: null } });
  });

  it('a strong read tells, without a lease', () => {
    const device = new Device({ pair: mine, token });
    expect(device.send(suspected)).toEqual([readStrongly]);
  });

  it('what is lost is put back, reported, and nothing else happens', () => {
    const device = suspicious();
    expect(device.answerAsUsual()).toEqual([putBack]);
    expect(device.answerAsUsual()).toEqual([
      { type: 'pairRestored' },
      { type: 'report', report: { type: 'credentialsRestored', generation: 2 } },
    ]);
    expect(device.state).toMatchObject({ kind: 'resting', known: { pair: mine, token } });
  });

  it('a pair whose storing was in doubt is stored now', () => {
    const device = suspicious({ unpublished: pair('fresh') });
    device.answerAsUsual();
    expect(device.answerAsUsual()).toEqual([
      { type: 'pairStored' },
      { type: 'report', report: { type: 'credentialsRegistered', generation: 1 } },
    ]);
    expect(device.known).toMatchObject({ pair: pair('fresh'), unpublished: null });
  });

  it('what is still there stays as it is', () => {
    const device = suspicious();
    device.shown = { ...nothing, credentials: stored(mine) };
    expect(device.answerAsUsual()).toEqual([]);
    expect(device.state).toMatchObject({ kind: 'resting', known: { pair: mine, token } });
  });

  it('a pair whose place the one in memory has taken gives way to it', () => {
    const older = pair('older');
    const device = suspicious({ pair: nextPair(mine, older) });
    device.shown = { ...nothing, credentials: stored(older, 'older version') };
    expect(device.answerAsUsual()).toEqual([
      { ...putBack, expected: 'older version', next: nextPair(mine, older) },
    ]);
  });

  it('one that has taken the place of that in memory is taken over, and the token of the other pair is dropped', () => {
    const newer = nextPair(pair('newer'), mine);
    const device = suspicious();
    device.shown = { ...nothing, credentials: stored(newer) };
    expect(device.answerAsUsual()).toEqual([]);
    expect(device.known).toMatchObject({ pair: newer, token: null });
  });

  it('another pair beside which nobody gave up that in memory: one is settled on, and that is reported', () => {
    const device = suspicious();
    device.shown = { ...nothing, credentials: stored({ ...pair('other', 2), boundAt: 1 }) };
    expect(device.answerAsUsual()).toMatchObject([{ type: 'swapCredentials', next: { clientId: 'other' } }]);
    expect(device.answerAsUsual()).toEqual([
      { type: 'pairRestored' },
      { type: 'report', report: { type: 'credentialsConflict', generation: 3 } },
    ]);
    expect(device.known.pair).toMatchObject({
      clientId: 'other',
      generation: 3,
      earlier: [{ clientId: mine.clientId }],
    });
  });

  it('a pair that nobody has used is given up for the stored one', () => {
    const device = suspicious({ unpublished: pair('fresh') });
    device.shown = { ...nothing, credentials: stored(pair('other')) };
    expect(device.answerAsUsual()).toEqual([{ type: 'report', report: { type: 'credentialsOrphaned' } }]);
    expect(device.known).toMatchObject({ pair: pair('other'), unpublished: null });
  });

  it('a record that cannot be opened is left alone', () => {
    const device = suspicious();
    device.shown = { ...nothing, credentials: unreadable };
    expect(device.answerAsUsual()).toEqual([
      { type: 'report', report: { type: 'recordUnreadable', record: 'credentials' } },
    ]);
    expect(device.state).toMatchObject({ kind: 'resting', known: { pair: mine, token } });
  });

  it.each(['checking', 'restoring'] as const)(
    'a cache that fails while %s leaves the memory as it is, and has to be asked again',
    (kind) => {
      const device = suspicious();
      device.goTo(kind);
      expect(device.send({ type: 'cacheFailed', failure: failure('cache_unavailable') })).toEqual([
        { type: 'checkUnanswered' },
      ]);
      expect(device.state).toMatchObject({ kind: 'resting', known: { pair: mine, token } });
    },
  );

  it('a conflict is read again, and given up after the third', () => {
    const device = suspicious();
    const conflict = { type: 'credentialsSwapped', result: { ok: false, current: absent } } as const;
    for (let attempt = 1; attempt < 3; attempt += 1) {
      device.goTo('restoring');
      expect(device.send(conflict)).toEqual([readStrongly]);
    }
    device.goTo('restoring');
    expect(device.send(conflict)).toEqual([]);
    expect(device.state).toMatchObject({ kind: 'resting', known: { pair: mine } });
  });

  it('a caller who comes meanwhile changes nothing', () => {
    const device = suspicious({ pair: mine, token: heldFor(mine, ages.expired) });
    expect(device.send({ type: 'tokenNeeded' })).toEqual([]);
    expect(device.state.kind).toBe('checking');
  });
});

describe('a registration that is held off', () => {
  const heldOff = { type: 'registrationHeldOff', failure: failure('cache_unavailable', 2_000) } as const;

  it('gives the lease back, waits, and looks again', () => {
    const device = new Device();
    device.goTo('admitting');
    expect(device.send(heldOff)).toMatchObject([{ type: 'swapLease', next: null }]);
    expect(device.answerAsUsual()).toEqual([
      { type: 'wait', delayMs: 2_000, failure: heldOff.failure, untilNotHeldOff: true },
    ]);
    device.shown = { ...nothing, credentials: stored(mine) };
    device.goTo('requestingToken');
    expect(device.known.pair).toEqual(mine);
  });

  it('that is known to be so before a place and the lease are taken takes none', () => {
    const device = new Device();
    device.goTo('queueing');
    expect(device.send(heldOff)).toEqual([
      { type: 'wait', delayMs: 2_000, failure: heldOff.failure, untilNotHeldOff: true },
    ]);
    expect(device.state.kind).toBe('waiting');
  });

  it('waits a second where nobody says how long', () => {
    const device = new Device();
    device.goTo('admitting');
    device.send({ type: 'registrationHeldOff', failure: failure('cache_unavailable') });
    expect(device.answerAsUsual()).toMatchObject([{ type: 'wait', delayMs: 1_000 }]);
  });
});
