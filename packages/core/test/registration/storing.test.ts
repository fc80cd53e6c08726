import { describe, expect, it } from 'vitest';
import { absent, ages, Device, failure, nothing, pair, stored, tokenFor, type Happening } from './device.js';

const registered = pair('registered');
const mine = pair('mine', 2);
const conflict = {
  type: 'credentialsSwapped',
  result: { ok: false, current: stored(pair('theirs')) },
} as const;
const lost = { type: 'cacheFailed', failure: failure('cache_unavailable', 7_000) } as const;
const readAgain = { type: 'readRecords', strong: true } as const;

describe('a fresh pair', () => {
  it('is stored before anything else, and only where there is none', () => {
    const device = new Device();
    device.goTo('registering');
    expect(device.answerAsUsual()).toEqual([
      { type: 'endAdmission' },
      { type: 'swapCredentials', expected: null, next: registered },
    ]);
    expect(device.known).toMatchObject({ pair: null, unpublished: registered });
  });

  it('counts once it is stored, and asks for its token', () => {
    const device = new Device();
    device.goTo('storingCredentials');
    expect(device.answerAsUsual()).toEqual([
      { type: 'pairStored' },
      { type: 'report', report: { type: 'credentialsRegistered', generation: 1 } },
      { type: 'requestToken', credentials: registered, isTrial: false },
    ]);
    expect(device.known).toMatchObject({ pair: registered, unpublished: null });
  });

  it('replaces a token of an earlier pair that lies in the cache', () => {
    const device = new Device();
    device.shown = { ...nothing, token: stored(tokenFor(pair('lost'), ages.due), 'old token') };
    device.goTo('storingToken');
    expect(device.pending).toMatchObject({ type: 'swapToken', expected: 'old token' });
  });

  it.each([
    ['conflicts with another', conflict],
    ['fails, and may have succeeded', lost],
  ] as const)('whose storing %s is kept until a strong read says what is there', (_, answer) => {
    const device = new Device();
    device.goTo('storingCredentials');
    expect(device.send(answer)).toEqual([readAgain]);
    expect(device.state).toMatchObject({ kind: 'verifying', known: { unpublished: registered } });
    expect(device.answerAsUsual()).toEqual([{ type: 'swapCredentials', expected: null, next: registered }]);
  });

  it('that turns out to be stored counts', () => {
    const device = new Device();
    device.goTo('storingCredentials');
    device.send(lost);
    device.shown = { ...nothing, credentials: stored(registered) };
    expect(device.answerAsUsual()).toEqual([
      { type: 'requestToken', credentials: registered, isTrial: false },
    ]);
  });

  it.each<[string, Happening, Partial<ReturnType<typeof failure>>]>([
    [
      'conflicts with what the next read does not show',
      conflict,
      {
        ...failure('cache_unavailable', 1_000),
        message: 'the cache changes its answer about the credentials of the device',
      },
    ],
    ['fails', lost, lost.failure],
  ])('is not lost when its storing %s for the third time, and the callers are told', (_, answer, told) => {
    const device = new Device();
    device.goTo('storingCredentials');
    for (let attempt = 1; attempt < 3; attempt += 1) {
      device.send(answer);
      device.goTo('storingCredentials');
    }
    expect(device.send(answer)).toMatchObject([
      { type: 'fail', failure: told },
      { type: 'swapLease', next: null },
    ]);
    expect(device.known.unpublished).toEqual(registered);
    device.settle();
    device.goTo('storingCredentials');
    expect(device.pending).toEqual({ type: 'swapCredentials', expected: null, next: registered });
  });
});

describe('a pair that the cache has lost', () => {
  it('counts as restored once it is stored', () => {
    const device = new Device({ pair: mine });
    device.goTo('storingCredentials');
    expect(device.answerAsUsual()).toEqual([
      { type: 'pairRestored' },
      { type: 'report', report: { type: 'credentialsRestored', generation: 2 } },
      { type: 'requestToken', credentials: mine, isTrial: false },
    ]);
    expect(device.known.pair).toEqual(mine);
  });

  it('counts as restored even while another pair waits to be stored', () => {
    const device = new Device({ pair: mine, unpublished: registered });
    device.goTo('storingCredentials');
    expect(device.answerAsUsual()).toMatchObject([
      { type: 'pairRestored' },
      { type: 'report', report: { type: 'credentialsRestored' } },
      { type: 'requestToken' },
    ]);
  });

  it('replaces a token that lies in the cache without it', () => {
    const device = new Device({ pair: mine });
    device.shown = { ...nothing, token: stored(tokenFor(mine, ages.due), 'old token') };
    device.goTo('storingToken');
    expect(device.pending).toMatchObject({ type: 'swapToken', expected: 'old token' });
  });

  it('is read again if its storing conflicts', () => {
    const device = new Device({ pair: mine });
    device.goTo('storingCredentials');
    expect(device.send({ type: 'credentialsSwapped', result: { ok: false, current: absent } })).toEqual([
      readAgain,
    ]);
  });
});
