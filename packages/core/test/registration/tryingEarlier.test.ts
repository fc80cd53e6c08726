import { describe, expect, it } from 'vitest';
import { earlierOf } from '../../src/registration/earlier.js';
import type { CredentialsRecord } from '../../src/registration/record.js';
import { worthTryingFirst } from '../../src/registration/tryingEarlier.js';
import { defaultPolicy } from './defaultPolicy.js';
import { ages, Device, failure, heldFor, nothing, pair, startedAt as now, stored } from './device.js';

const dayMs = 86_400_000;
const used = { ...pair('used', 2), signedInAt: now - 50 * dayMs };
const older = { ...pair('older'), signedInAt: now - 60 * dayMs };
const unused = pair('unused', 3);
const current: CredentialsRecord = {
  ...pair('current', 4),
  registeredAt: now - dayMs,
  earlier: [older, used, unused].map(earlierOf),
};
const trial = (credentials: object) => ({ type: 'requestToken', credentials, isTrial: true });

describe('earlier pairs that are tried before a renewal', () => {
  const tried = (given: Partial<CredentialsRecord> = {}): readonly string[] =>
    worthTryingFirst({ ...current, ...given }, now, defaultPolicy).map(({ clientId }) => clientId);

  it('are those with a sign-in, the latest first, while the pair that counts shows none', () => {
    expect(tried()).toEqual(['used', 'older']);
    expect(tried({ signedInAt: now })).toEqual([]);
    expect(tried({ signedInAt: now - 2, signedOutAt: now - 1 })).toEqual(['used', 'older']);
    expect(tried({ earlier: [earlierOf({ ...used, signedOutAt: now })] })).toEqual([]);
  });

  it('are tried for 30 days', () => {
    const { earlierFirstForMs } = defaultPolicy;
    expect(earlierFirstForMs).toBe(30 * dayMs);
    expect(tried({ registeredAt: now - earlierFirstForMs + 1 })).toHaveLength(2);
    expect(tried({ registeredAt: now - earlierFirstForMs })).toEqual([]);
  });
});

describe('a renewal of a pair whose predecessor a viewer has signed in with', () => {
  function renewing(refused: readonly string[]): Device {
    const device = new Device({ pair: current, pairVersion: 'stored' });
    device.shown = { ...nothing, credentials: stored(current) };
    device.refused = refused;
    device.goTo('tryingEarlier');
    return device;
  }

  it('asks with each of them once, and then with the pair that counts', () => {
    const device = renewing(['used', 'older']);
    expect(device.pending).toEqual(trial(earlierOf(used)));
    expect(device.answerAsUsual()).toEqual([trial(earlierOf(older))]);
    expect(device.answerAsUsual()).toEqual([{ type: 'requestToken', credentials: current, isTrial: false }]);
  });

  it('puts the one back that works, once there is a place, and hands its token out', () => {
    const device = renewing([]);
    expect(device.answerAsUsual()).toEqual([{ type: 'takePlace' }]);
    const reinstated = { clientId: 'used', signedInAt: used.signedInAt, generation: 5 };
    expect(device.answerAsUsual()).toMatchObject([
      { type: 'swapCredentials', expected: 'stored', next: reinstated },
    ]);
    expect(device.answerAsUsual()).toMatchObject([
      { type: 'pairStored' },
      { type: 'changedPairServed', credentials: { clientId: 'used' } },
      { type: 'report', report: { type: 'credentialsReinstated', generation: 5, wasSignedIn: true } },
      { type: 'deliver', token: { accessToken: 'issued to used' } },
      { type: 'report', report: { type: 'tokenIssued' } },
      { type: 'swapToken', next: { clientId: 'used', accessToken: 'issued to used' } },
    ]);
    expect(device.known.pair?.earlier.map(({ clientId }) => clientId)).toContain('current');
  });

  it('goes on with the pair that counts where there is no place', () => {
    const device = renewing([]);
    device.answerAsUsual();
    const told = failure('replacement_suspended', 1_000);
    expect(device.send({ type: 'replacementSuspended', failure: told })).toEqual([
      { type: 'requestToken', credentials: current, isTrial: false },
    ]);
    device.settle();
    expect(device.known).toMatchObject({ pair: current, token: { accessToken: 'issued to current' } });
  });

  it('reports no orphan where another process was first', () => {
    const device = renewing([]);
    device.answerAsUsual();
    device.answerAsUsual();
    const result = { ok: false, current: stored({ ...current, generation: 5 }) } as const;
    expect(device.send({ type: 'credentialsSwapped', result })).toEqual([
      { type: 'placeUnused' },
      { type: 'readRecords', strong: true },
    ]);
  });

  it('fails as any renewal does where Adobe Pass is throttling or down', () => {
    const device = renewing([]);
    const effects = device.send({ type: 'tokenFailed', failure: failure('upstream_throttled', 2_000) });
    expect(effects).toMatchObject([
      { type: 'swapLease', next: { kind: 'cooldown', code: 'upstream_throttled' } },
    ]);
    expect(device.known.pair).toEqual(current);
  });
});

describe('a pair that Adobe Pass refuses, of a device that has had others', () => {
  const refused = { ...current, signedInAt: now - dayMs, earlier: [earlierOf(used), earlierOf(unused)] };

  function doubting(refusedClients: readonly string[]): Device {
    const device = new Device({ pair: refused, token: heldFor(refused, ages.expired) });
    device.shown = { ...nothing, credentials: stored(refused) };
    device.refused = ['current', ...refusedClients];
    device.goTo('weighing');
    // The evidence holds.
    device.send({ type: 'refusalWeighed', againInMs: null });
    return device;
  }

  it('is given up for one of those, the one with the sign-in first, after a last chance of its own', () => {
    const device = doubting([]);
    expect(device.effects).toEqual([trial(earlierOf(used))]);
    expect(device.answerAsUsual()).toEqual([trial(refused)]);
    expect(device.state.kind).toBe('retryingSuspect');
    expect(device.answerAsUsual()).toEqual([{ type: 'takePlace' }]);
    expect(device.answerAsUsual()).toMatchObject([{ type: 'swapCredentials', next: { clientId: 'used' } }]);
  });

  it('counts on if it works after all, and nothing is orphaned', () => {
    const device = doubting([]);
    device.answerAsUsual();
    device.refused = [];
    expect(device.answerAsUsual()).toMatchObject([
      { type: 'deliver', token: { accessToken: 'issued to current' } },
      { type: 'report', report: { type: 'tokenIssued' } },
      { type: 'swapToken' },
    ]);
  });

  it('is kept where there is no place, and nothing is orphaned', () => {
    const device = doubting([]);
    device.goTo('takingPlace');
    const told = { ...failure('replacement_suspended', 4_000), message: 'all places are taken' };
    expect(device.send({ type: 'replacementSuspended', failure: told })).toMatchObject([
      { type: 'report', report: { type: 'replacementSuspended', reason: 'all places are taken' } },
      { type: 'fail', failure: { code: 'replacement_suspended', retryAfterMs: 4_000 } },
      { type: 'swapLease' },
    ]);
  });

  it('is replaced by a new one only where none of those works', () => {
    const device = doubting(['used', 'unused']);
    expect(device.answerAsUsual()).toEqual([trial(earlierOf(unused))]);
    expect(device.answerAsUsual()).toEqual([{ type: 'admitRegistration', ephemeral: false }]);
  });

  it('says of a pair that is put back without a sign-in that it had none', () => {
    const device = doubting(['used']);
    device.goTo('storingReplacement');
    expect(device.answerAsUsual()).toContainEqual({
      type: 'report',
      report: { type: 'credentialsReinstated', generation: 5, wasSignedIn: false },
    });
  });
});
