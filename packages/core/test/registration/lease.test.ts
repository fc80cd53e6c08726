import { describe, expect, it } from 'vitest';
import { nextPair } from '../../src/registration/record.js';
import { defaultPolicy } from './defaultPolicy.js';
import { absent, Device, failure, nothing, pair, startedAt, stored } from './device.js';

const owner = pair('owner');

/** A device whose next call to Adobe Pass comes when its lease no longer outlasts it. */
function lateFor(
  kind:
    | ('registering' | 'requestingToken' | 'registeringReplacement')
    | ('provingReplacement' | 'retryingSuspect'),
): Device {
  const device = new Device();
  if (kind !== 'registering') device.shown = { ...nothing, credentials: stored(owner) };
  device.refused = [owner.clientId];
  const before = {
    registering: 'admitting',
    requestingToken: 'verifying',
    registeringReplacement: 'admittingReplacement',
    provingReplacement: 'registeringReplacement',
    retryingSuspect: 'provingReplacement',
  } as const;
  device.goTo(before[kind]);
  device.now += 4_500;
  device.answerAsUsual();
  return device;
}

const lost = { type: 'leaseSwapped', result: { ok: false, current: absent } } as const;
const cacheFailed = { type: 'cacheFailed', failure: failure('cache_unavailable', 1_000) } as const;
const orphaned = { type: 'report', report: { type: 'credentialsOrphaned' } } as const;

describe('a lease that would end before the next call does', () => {
  it('is extended first, by its version', () => {
    const device = new Device();
    const { lease } = device.goTo('admitting');
    device.now += 4_500;
    expect(device.answerAsUsual()).toEqual([
      {
        type: 'swapLease',
        expected: lease?.version,
        next: { kind: 'work', until: device.now + 5_000, forMs: 5_000, code: null },
        ttlMs: 5_000,
      },
    ]);
    expect(device.state.kind).toBe('extendingLease');
  });

  it('is extended from before it was asked for, and then the call is made', () => {
    const device = lateFor('registering');
    const askedAt = device.now;
    device.now += 300;
    expect(device.send({ type: 'leaseSwapped', result: { ok: true, version: 'longer' } })).toEqual([
      { type: 'register' },
    ]);
    expect(device.state).toMatchObject({
      kind: 'registering',
      lease: { version: 'longer', until: askedAt + 5_000 },
    });
  });

  it('is extended again if the extension took so long that it does not suffice', () => {
    const device = lateFor('registering');
    device.now += 4_500;
    expect(device.answerAsUsual()).toMatchObject([{ type: 'swapLease', ttlMs: 5_000 }]);
    expect(device.state.kind).toBe('extendingLease');
  });

  it.each([
    ['by far', 100],
    ['by a hair', defaultPolicy.leaseMs - defaultPolicy.upstreamTimeoutMs],
  ])('is not extended as long as it outlasts the call: %s', (_, laterMs) => {
    const device = new Device();
    device.goTo('admitting');
    device.now += laterMs;
    expect(device.answerAsUsual()).toEqual([{ type: 'register' }]);
  });

  it('carries a 401 that comes meanwhile over to the call', () => {
    const device = lateFor('requestingToken');
    device.send({ type: 'tokenRejected', accessToken: 'named by a 401' });
    expect(device.known.rejected).toBe('named by a 401');
    device.goTo('requestingToken');
    expect(device.known.rejected).toBe('named by a 401');
  });
});

describe('a lease that was lost while the process was held up', () => {
  it.each([
    ['another process has it', lost],
    ['it was deleted instead of extended', { type: 'leaseSwapped', result: { ok: true, version: null } }],
  ] as const)('means that another process may be at it, so nothing is called: %s', (_, answer) => {
    const device = lateFor('registering');
    expect(device.send(answer)).toEqual([{ type: 'endAdmission' }, { type: 'readRecords', strong: false }]);
    expect(device.state).toMatchObject({ kind: 'reading', run: { polls: 1 } });
  });

  it.each(['provingReplacement', 'retryingSuspect'] as const)(
    'leaves a replacement unused that was registered under it, which is reported: %s',
    (kind) => {
      expect(lateFor(kind).send(lost)).toEqual([orphaned, { type: 'readRecords', strong: false }]);
    },
  );

  it('leaves an earlier pair as it was, which is no orphan', () => {
    const older = { ...pair('older'), signedInAt: startedAt - 1 };
    const device = new Device();
    device.shown = { ...nothing, credentials: stored({ ...nextPair(owner, older), signedInAt: startedAt }) };
    device.refused = [owner.clientId];
    device.goTo('tryingEarlier');
    device.now += 4_500;
    device.answerAsUsual();
    expect(device.state).toMatchObject({ kind: 'extendingLease', next: { kind: 'retryingSuspect' } });
    expect(device.send(lost)).toEqual([{ type: 'readRecords', strong: false }]);
  });
});

describe('a lease whose extension fails', () => {
  it('does not hinder a request for a token, which harms nobody', () => {
    const device = lateFor('requestingToken');
    expect(device.send(cacheFailed)).toEqual([{ type: 'requestToken', credentials: owner, isTrial: false }]);
    expect(device.state).toMatchObject({ kind: 'requestingToken', lease: null });
  });

  it('hinders a replacement: without the lease, a refusal proves nothing', () => {
    const device = lateFor('requestingToken');
    device.send(cacheFailed);
    expect(device.answerAsUsual()).toMatchObject([{ type: 'fail', failure: { code: 'cache_unavailable' } }]);
    expect(device.known.refusals).toBe(0);
  });

  it.each(['registering', 'registeringReplacement'] as const)(
    'hinders a registration, which could be a second one: %s',
    (kind) => {
      const device = lateFor(kind);
      expect(device.send(cacheFailed)).toEqual([
        { type: 'endAdmission' },
        { type: 'fail', failure: cacheFailed.failure },
      ]);
      expect(device.state.kind).toBe('resting');
    },
  );

  it('leaves a replacement unused that was registered under it, which is reported', () => {
    expect(lateFor('provingReplacement').send(cacheFailed)).toEqual([
      orphaned,
      { type: 'fail', failure: cacheFailed.failure },
    ]);
  });
});

it('a call is made at once where no lease is held because the cache cannot be asked', () => {
  const device = new Device({ pair: owner });
  device.goTo('reading');
  device.now = startedAt + 1_000_000;
  expect(device.send(cacheFailed)).toEqual([{ type: 'requestToken', credentials: owner, isTrial: false }]);
});
