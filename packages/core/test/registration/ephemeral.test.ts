import { describe, expect, it } from 'vitest';
import { defaultPolicy } from './defaultPolicy.js';
import { Device, failure, nothing, pair, stored, unreadable } from './device.js';

const ephemeral = { ...defaultPolicy, ephemeral: true };
const cacheFailed = { type: 'cacheFailed', failure: failure('cache_unavailable', 1_000) } as const;
const registered = pair('registered');
const unstored = { ...registered, generation: 0 };

/** The cache cannot be asked about a device that this process does not know. */
function cutOff(policy = ephemeral): Device {
  const device = new Device({}, policy);
  device.send({ type: 'tokenNeeded' });
  device.send(cacheFailed);
  return device;
}

/** As `cutOff`, until its token is handed out. */
function served(): Device {
  const device = cutOff();
  device.settle();
  return device;
}

describe('while the cache cannot be asked, a device that nobody here knows', () => {
  it('is turned away unless the policy says otherwise', () => {
    const device = cutOff(defaultPolicy);
    expect(device.effects).toMatchObject([{ type: 'fail', failure: { code: 'cache_unavailable' } }]);
  });

  it('is registered in memory where it does, and served without a write', () => {
    const device = cutOff();
    expect(device.effects).toEqual([{ type: 'admitRegistration', ephemeral: true }]);
    expect(device.answerAsUsual()).toEqual([{ type: 'register' }]);
    expect(device.answerAsUsual()).toEqual([
      { type: 'endAdmission' },
      { type: 'pairStored' },
      { type: 'report', report: { type: 'credentialsEphemeral' } },
      { type: 'requestToken', credentials: unstored, isTrial: false },
    ]);
    expect(device.answerAsUsual()).toMatchObject([
      { type: 'deliver' },
      { type: 'report', report: { type: 'tokenIssued' } },
    ]);
    expect(device.state).toMatchObject({ kind: 'resting', known: { pair: unstored, unpublished: null } });
  });

  it('goes on with the pair whose storing was in doubt, rather than with another', () => {
    const device = new Device({ unpublished: registered }, ephemeral);
    device.send({ type: 'tokenNeeded' });
    expect(device.send(cacheFailed)).toEqual([
      { type: 'pairStored' },
      { type: 'report', report: { type: 'credentialsEphemeral' } },
      { type: 'requestToken', credentials: unstored, isTrial: false },
    ]);
    expect(device.known).toMatchObject({ pair: unstored, unpublished: null });
  });

  it('is not registered because its record cannot be opened', () => {
    const device = new Device({}, ephemeral);
    device.shown = { ...nothing, credentials: unreadable };
    device.send({ type: 'tokenNeeded' });
    expect(device.answerAsUsual()).toMatchObject([
      { type: 'report', report: { type: 'recordUnreadable' } },
      { type: 'fail', failure: { code: 'cache_record_unreadable' } },
    ]);
  });
});

describe('once the cache is back, a pair that was registered without it', () => {
  it('is stored as the device’s first if there is none', () => {
    const device = served();
    device.send({ type: 'lossSuspected' });
    expect(device.answerAsUsual()).toEqual([{ type: 'swapCredentials', expected: null, next: registered }]);
    expect(device.answerAsUsual()).toEqual([
      { type: 'pairStored' },
      { type: 'report', report: { type: 'credentialsRegistered', generation: 1 } },
    ]);
    expect(device.known.pair).toEqual(registered);
    expect(device.known.token).not.toBeNull();
  });

  it('gives way to the one that is stored', () => {
    const device = served();
    device.shown = { ...nothing, credentials: stored(pair('theirs')) };
    device.send({ type: 'lossSuspected' });
    expect(device.answerAsUsual()).toEqual([]);
    expect(device.known).toMatchObject({ pair: pair('theirs'), token: null });
  });

  it('is stored by the next renewal if nothing else was', () => {
    const device = served();
    device.now = (device.known.token?.expiresAt ?? 0) + 1;
    device.goTo('storingCredentials');
    expect(device.pending).toEqual({ type: 'swapCredentials', expected: null, next: registered });
  });
});
