import { describe, expect, it } from 'vitest';
import { nextPair } from '../../src/registration/record.js';
import type { Effect } from '../../src/registration/effect.js';
import {
  absent,
  ages,
  Device,
  failure,
  heldFor,
  nothing,
  pair,
  startedAt,
  stored,
  tokenFor,
  unreadable,
  type Shown,
} from './device.js';

const owner = pair('owner');
const giveBack = { type: 'swapLease', expected: 'lease', next: null, ttlMs: null } as const;

/** A device that has the lease, and what its strong read leads to. */
function readStrongly(shown: Partial<Shown>, known: ConstructorParameters<typeof Device>[0] = {}) {
  const device = new Device(known);
  device.goTo('leasing');
  device.send({ type: 'leaseSwapped', result: { ok: true, version: 'lease' } });
  device.shown = { ...nothing, ...shown };
  const effects: readonly Effect[] = device.answerAsUsual();
  return { device, effects };
}

describe('under the lease, a device', () => {
  it('that has no credentials anywhere queues for its registration', () => {
    const { device, effects } = readStrongly({});
    expect(effects).toEqual([{ type: 'admitRegistration', ephemeral: false }]);
    expect(device.state).toMatchObject({
      kind: 'admitting',
      lease: { version: 'lease' },
      versions: { credentials: null, token: null },
    });
  });

  it('whose credentials the cache has lost puts them back', () => {
    const { device, effects } = readStrongly({}, { pair: owner });
    expect(effects).toEqual([{ type: 'swapCredentials', expected: null, next: owner }]);
    expect(device.state).toMatchObject({ kind: 'storingCredentials', lease: { version: 'lease' } });
  });

  it('whose replacement the cache has lost puts it over the pair that came back', () => {
    const later = nextPair(pair('later'), owner);
    const { effects } = readStrongly({ credentials: stored(owner, 'old') }, { pair: later });
    expect(effects).toEqual([{ type: 'swapCredentials', expected: 'old', next: later }]);
  });

  it('whose credentials cannot be opened fails and gives the lease back', () => {
    const { device, effects } = readStrongly({ credentials: unreadable });
    expect(effects).toEqual([
      { type: 'report', report: { type: 'recordUnreadable', record: 'credentials' } },
      {
        type: 'fail',
        failure: {
          ...failure('cache_record_unreadable', 10_000),
          message: 'the stored credentials of the device cannot be opened',
        },
      },
      giveBack,
    ]);
    expect(device.state.kind).toBe('releasing');
  });

  it('that has credentials in memory goes on with them beside a record that cannot be opened', () => {
    const { device, effects } = readStrongly({ credentials: unreadable }, { pair: owner });
    expect(effects).toEqual([
      { type: 'report', report: { type: 'recordUnreadable', record: 'credentials' } },
      { type: 'requestToken', credentials: owner, isTrial: false },
    ]);
    expect(device.state).toMatchObject({ versions: null, lease: { version: 'lease' } });
  });

  it('whose credentials another process has stored asks for a token with them', () => {
    const { device, effects } = readStrongly({ credentials: stored(owner) });
    expect(effects).toEqual([{ type: 'requestToken', credentials: owner, isTrial: false }]);
    expect(device.known.pair).toEqual(owner);
  });

  it('whose token another process has stored hands it out and gives the lease back', () => {
    const { device, effects } = readStrongly(
      { credentials: stored(owner), token: stored(tokenFor(owner)) },
      { pair: owner, rejected: 'an older one', failures: 2, refusals: 1 },
    );
    expect(effects).toEqual([{ type: 'deliver', token: heldFor(owner) }, giveBack]);
    expect(device.known).toMatchObject({
      token: heldFor(owner),
      rejected: null,
      failures: 0,
      refusals: 0,
    });
    expect(device.settle().filter(({ type }) => type !== 'deliver')).toEqual([giveBack]);
  });

  it.each([
    ['is due for renewal', ages.due, null],
    ['is too close to its expiry', ages.inMargin, null],
    ['a 401 has named', 0, tokenFor(owner).accessToken],
  ])('whose stored token %s asks for another', (_, ageMs, rejected) => {
    const { effects } = readStrongly(
      { credentials: stored(owner), token: stored(tokenFor(owner, ageMs)) },
      { rejected },
    );
    expect(effects).toEqual([{ type: 'requestToken', credentials: owner, isTrial: false }]);
  });

  it('whose stored token becomes due at this very instant asks for another', () => {
    const token = tokenFor(owner, 650_000, 1_000_000);
    expect(heldFor(owner, 650_000, 1_000_000).renewAt).toBe(startedAt);
    const { effects } = readStrongly({ credentials: stored(owner), token: stored(token) });
    expect(effects).toEqual([{ type: 'requestToken', credentials: owner, isTrial: false }]);
  });

  it.each([
    ['expects no token in the cache where there was none', absent, null],
    ['replaces the token it saw', stored(tokenFor(owner, ages.due), 'old token'), 'old token'],
    ['replaces a token that cannot be opened', unreadable, 'unreadable'],
  ])('writes a fresh token and %s', (_, token, expected) => {
    const { device } = readStrongly({ credentials: stored(owner), token });
    device.goTo('storingToken');
    expect(device.pending).toMatchObject({ type: 'swapToken', expected });
  });
});

describe('what an operator is told of a strong read', () => {
  const orphaned = { type: 'report', report: { type: 'credentialsOrphaned' } } as const;
  const tokenUnreadable = {
    type: 'report',
    report: { type: 'recordUnreadable', record: 'token' },
  } as const;

  it.each([
    ['a pair that nobody used has lost to the stored one', { unpublished: pair('mine') }, absent, [orphaned]],
    ['the stored token cannot be opened', { pair: owner }, unreadable, [tokenUnreadable]],
    ['nothing, where all is well', { pair: owner }, absent, []],
  ])('%s', (_, known, token, reports) => {
    const { effects } = readStrongly({ credentials: stored(owner), token }, known);
    expect(effects).toEqual([...reports, { type: 'requestToken', credentials: owner, isTrial: false }]);
  });

  it('another pair was in use beside the stored one, once that is settled', () => {
    const { device } = readStrongly({ credentials: stored(owner) }, { pair: pair('mine') });
    expect(device.answerAsUsual()).toContainEqual({
      type: 'report',
      report: { type: 'credentialsConflict', generation: 2 },
    });
  });
});

describe('a strong read that fails', () => {
  const lost = { type: 'cacheFailed', failure: failure('cache_unavailable', 1_000) } as const;
  const underTheLease = (known: ConstructorParameters<typeof Device>[0]): Device => {
    const device = new Device(known);
    device.goTo('leasing');
    device.send({ type: 'leaseSwapped', result: { ok: true, version: 'lease' } });
    return device;
  };

  it('turns a device away that has no credentials in memory, and gives the lease back', () => {
    expect(underTheLease({}).send(lost)).toEqual([{ type: 'fail', failure: lost.failure }, giveBack]);
  });

  it('lets a device go on with the credentials in memory', () => {
    const device = underTheLease({ pair: owner });
    expect(device.send(lost)).toEqual([{ type: 'requestToken', credentials: owner, isTrial: false }]);
    expect(device.state).toMatchObject({ versions: null, lease: { version: 'lease' } });
  });

  it('is repeated twice for a pair that may or may not be stored, before the callers are told', () => {
    const device = underTheLease({ unpublished: owner });
    const again = [{ type: 'readRecords', strong: true }];
    expect(device.send(lost)).toEqual(again);
    expect(device.state.kind).toBe('verifying');
    expect(device.send(lost)).toEqual(again);
    expect(device.send(lost)).toEqual([{ type: 'fail', failure: lost.failure }, giveBack]);
    expect(device.known.unpublished).toEqual(owner);
  });
});

describe('a device that the operator has had forgotten', () => {
  const credentials = { kind: 'forgotten', generation: 4, version: 'mark' } as const;

  it('is registered anew, in the place of the mark and with a later generation', () => {
    const device = new Device({ pair: pair('mine', 4), token: heldFor(pair('mine', 4), ages.due) });
    device.shown = { ...nothing, credentials };
    device.goTo('admitting');
    expect(device.state).toMatchObject({
      known: { pair: null, token: null },
      versions: { credentials: 'mark', token: null, forgotten: 4 },
    });
    device.goTo('storingCredentials');
    expect(device.pending).toMatchObject({
      type: 'swapCredentials',
      expected: 'mark',
      next: { clientId: 'registered', generation: 5 },
    });
  });
});
