import { describe, expect, it } from 'vitest';
import { absent, Device, failure, heldFor, hourMs, nothing, pair, startedAt, stored } from './device.js';

const mine = pair('mine', 2);
const seen = { ...mine, signedInAt: startedAt };
const token = heldFor(mine);
const noted = { type: 'report', report: { type: 'signInNoted', generation: 2 } } as const;
const write = { type: 'swapCredentials', expected: 'mine v1', next: seen } as const;
const readStrongly = { type: 'readRecords', strong: true } as const;

function seeing(known: ConstructorParameters<typeof Device>[0] = {}, clientId = 'mine'): Device {
  const device = new Device({ pair: mine, pairVersion: 'mine v1', token, ...known });
  device.send({ type: 'signInSeen', clientId });
  return device;
}

describe('a sign-in that an answer shows', () => {
  it('is in memory at once and stored by one swap', () => {
    const device = seeing();
    expect(device.effects).toEqual([noted, write]);
    expect(device.known.pair).toEqual(seen);
    expect(device.answerAsUsual()).toEqual([]);
    expect(device.state).toMatchObject({
      kind: 'resting',
      known: { pair: seen, pairVersion: 'written', token },
    });
  });

  it('on a pair that the device has no more is nothing', () => {
    const device = seeing({}, 'another');
    expect(device.effects).toEqual([]);
    expect(device.state).toMatchObject({ kind: 'resting', known: { pair: mine } });
  });

  it('on a device without a pair is nothing', () => {
    const device = new Device();
    expect(device.send({ type: 'signInSeen', clientId: 'mine' })).toEqual([]);
    expect(device.send({ type: 'signOutSeen', clientId: 'mine' })).toEqual([]);
  });

  it('is not said by one that was noted today on another pair', () => {
    const device = seeing();
    const theirs = { ...pair('theirs'), signedInAt: startedAt - 1 };
    const current = stored(theirs, 'theirs v1');
    device.send({ type: 'credentialsSwapped', result: { ok: false, current } });
    expect(device.known.pair).toEqual(seen);
  });

  it('is stored after a look where the version is not known', () => {
    const device = seeing({ pairVersion: null });
    expect(device.effects).toEqual([noted, readStrongly]);
    device.shown = { ...nothing, credentials: stored(mine, 'mine v4') };
    expect(device.answerAsUsual()).toEqual([{ ...write, expected: 'mine v4' }]);
  });

  it('that another process has noted today is not written again', () => {
    const device = seeing();
    const earlier = { ...mine, signedInAt: startedAt - 23 * hourMs };
    const current = stored(earlier, 'mine v2');
    expect(device.send({ type: 'credentialsSwapped', result: { ok: false, current } })).toEqual([
      readStrongly,
    ]);
    device.shown = { ...nothing, credentials: current };
    expect(device.answerAsUsual()).toEqual([]);
    expect(device.state).toMatchObject({ kind: 'resting', known: { pair: earlier, pairVersion: 'mine v2' } });
  });

  it('that another process noted yesterday is written', () => {
    const device = seeing();
    const current = stored({ ...mine, signedInAt: startedAt - 24 * hourMs }, 'mine v2');
    device.send({ type: 'credentialsSwapped', result: { ok: false, current } });
    device.shown = { ...nothing, credentials: current };
    expect(device.answerAsUsual()).toEqual([{ ...write, expected: 'mine v2' }]);
  });

  it('goes with the pair that is put back where the cache has lost it', () => {
    const device = seeing();
    device.send({ type: 'credentialsSwapped', result: { ok: false, current: absent } });
    expect(device.answerAsUsual()).toEqual([{ ...write, expected: null }]);
  });

  it('stays in memory where the cache fails, and it is asked again', () => {
    const device = seeing();
    expect(device.send({ type: 'cacheFailed', failure: failure('cache_unavailable') })).toEqual([
      { type: 'checkUnanswered' },
    ]);
    expect(device.state).toMatchObject({ kind: 'resting', known: { pair: seen } });
  });
});

describe('a sign-out that an answer shows', () => {
  const signedIn = { ...mine, signedInAt: startedAt - hourMs };
  const out = { ...signedIn, signedOutAt: startedAt };
  const ended = { type: 'report', report: { type: 'signOutNoted', generation: 2 } } as const;
  const swap = { ...write, next: out };

  function leaving(known: ConstructorParameters<typeof Device>[0] = {}, clientId = 'mine'): Device {
    const device = new Device({ pair: signedIn, pairVersion: 'mine v1', token, ...known });
    device.send({ type: 'signOutSeen', clientId });
    return device;
  }

  it('is in memory at once and stored by one swap', () => {
    const device = leaving();
    expect(device.effects).toEqual([ended, swap]);
    expect(device.known.pair).toEqual(out);
    device.answerAsUsual();
    expect(device.state).toMatchObject({ kind: 'resting', known: { pair: out, pairVersion: 'written' } });
  });

  it('is noted although this process has not seen the sign-in', () => {
    expect(leaving({ pair: mine }).known.pair).toEqual({ ...mine, signedOutAt: startedAt });
  });

  it('on a pair that the device has no more is nothing', () => {
    expect(leaving({}, 'another').effects).toEqual([]);
  });

  it('joins the sign-in that another process has stored', () => {
    const device = leaving({ pair: mine });
    const current = stored({ ...mine, signedInAt: startedAt - hourMs }, 'mine v2');
    device.send({ type: 'credentialsSwapped', result: { ok: false, current } });
    device.shown = { ...nothing, credentials: current };
    expect(device.answerAsUsual()).toEqual([{ ...swap, expected: 'mine v2' }]);
  });

  it('counts although the clock by which the sign-in was noted was ahead', () => {
    const ahead = startedAt + hourMs;
    const device = leaving({ pair: { ...mine, signedInAt: ahead } });
    expect(device.known.pair).toMatchObject({ signedInAt: ahead, signedOutAt: ahead + 1 });
  });

  it('made by a clock that was ahead gives way to the next sign-in', () => {
    const device = new Device({ pair: { ...out, signedOutAt: startedAt + hourMs }, token });
    device.send({ type: 'signInSeen', clientId: 'mine' });
    expect(device.known.pair).toMatchObject({ signedInAt: startedAt + hourMs });
  });

  it('is undone by the next sign-in, although one was noted on the same day', () => {
    const device = new Device({
      pair: { ...out, signedOutAt: startedAt - 1 },
      pairVersion: 'mine v1',
      token,
    });
    device.send({ type: 'signInSeen', clientId: 'mine' });
    const current = stored(signedIn, 'mine v2');
    device.send({ type: 'credentialsSwapped', result: { ok: false, current } });
    device.shown = { ...nothing, credentials: current };
    const both = { ...mine, signedInAt: startedAt, signedOutAt: startedAt - 1 };
    expect(device.answerAsUsual()).toEqual([{ ...write, next: both, expected: 'mine v2' }]);
  });
});
