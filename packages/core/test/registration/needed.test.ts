import { describe, expect, it } from 'vitest';
import { ages, Device, failure, heldFor, pair, startedAt, tokenFor } from './device.js';

const owner = pair('owner');

describe('a request that needs a token', () => {
  it('is answered from memory, and nothing else happens', () => {
    const token = heldFor(owner);
    const device = new Device({ pair: owner, token });
    expect(device.send({ type: 'tokenNeeded' })).toEqual([{ type: 'deliver', token }]);
    expect(device.state.kind).toBe('resting');
  });

  it('is answered from memory when the renewal is due, and starts it', () => {
    const token = heldFor(owner, ages.due);
    const device = new Device({ pair: owner, token });
    expect(device.send({ type: 'tokenNeeded' })).toEqual([
      { type: 'deliver', token },
      { type: 'readRecords', strong: false },
    ]);
    expect(device.state.kind).toBe('reading');
  });

  it('starts the renewal at the very instant at which it is due', () => {
    const token = { ...heldFor(owner), renewAt: startedAt };
    expect(new Device({ token }).send({ type: 'tokenNeeded' })).toHaveLength(2);
  });

  it.each([
    ['there is none', null],
    ['the one in memory is too close to its expiry', ages.inMargin],
    ['the one in memory has expired', ages.expired],
  ])('looks into the cache if %s', (_, ageMs) => {
    const device = new Device({ pair: owner, token: ageMs === null ? null : heldFor(owner, ageMs) });
    expect(device.send({ type: 'tokenNeeded' })).toEqual([{ type: 'readRecords', strong: false }]);
    expect(device.state.kind).toBe('reading');
  });

  it('shares the work that is under way', () => {
    const device = new Device();
    const before = device.goTo('registering');
    expect(device.send({ type: 'tokenNeeded' })).toEqual([]);
    expect(device.state).toEqual(before);
  });
});

describe('a request that met a 401', () => {
  const { accessToken } = tokenFor(owner);

  it('forces a refresh if it names the token in memory', () => {
    const device = new Device({ pair: owner, token: heldFor(owner) });
    expect(device.send({ type: 'tokenRejected', accessToken })).toEqual([
      { type: 'report', report: { type: 'tokenRefreshForced' } },
      { type: 'readRecords', strong: false },
    ]);
    expect(device.state.kind).toBe('reading');
    expect(device.known).toMatchObject({ token: null, rejected: accessToken, forcedAt: startedAt });
  });

  it('is answered with the newer token if one has come since', () => {
    const token = heldFor(owner);
    const device = new Device({ pair: owner, token });
    expect(device.send({ type: 'tokenRejected', accessToken: 'the one before' })).toEqual([
      { type: 'deliver', token },
    ]);
    expect(device.known).toMatchObject({ token, rejected: null, forcedAt: null });
  });

  it('waits with the others if one that names an older token comes while work is under way', () => {
    const device = new Device({ pair: owner, token: heldFor(owner, ages.due) });
    const before = device.goTo('leasing');
    expect(device.send({ type: 'tokenRejected', accessToken: 'the one before' })).toEqual([]);
    expect(device.state).toEqual(before);
  });

  it('within 30 s of the last forced refresh is refused with the remaining wait', () => {
    const token = heldFor(owner);
    const device = new Device({ pair: owner, token, forcedAt: startedAt - 10_000 });
    const before = device.state;
    expect(device.send({ type: 'tokenRejected', accessToken })).toEqual([
      {
        type: 'fail',
        failure: {
          ...failure('access_token_rejected', 20_000),
          message:
            'Adobe Pass rejects the access token, and it was renewed only moments ago for the same reason',
        },
      },
    ]);
    expect(device.state).toBe(before);
  });

  it('30 s after the last forced refresh forces another', () => {
    const device = new Device({ pair: owner, token: heldFor(owner), forcedAt: startedAt - 30_000 });
    expect(device.send({ type: 'tokenRejected', accessToken })).toHaveLength(2);
    expect(device.known.forcedAt).toBe(startedAt);
  });

  it('is not refused for a token that is at its end anyway', () => {
    const token = heldFor(owner, ages.inMargin);
    const device = new Device({ pair: owner, token, forcedAt: startedAt - 10_000 });
    device.send({ type: 'tokenRejected', accessToken: token.accessToken });
    expect(device.state.kind).toBe('reading');
  });

  it('looks into the cache where no token is in memory, which counts as no forced refresh', () => {
    const device = new Device({ pair: owner });
    expect(device.send({ type: 'tokenRejected', accessToken })).toEqual([
      { type: 'readRecords', strong: false },
    ]);
    expect(device.known).toMatchObject({ rejected: accessToken, forcedAt: null });
  });

  it('is remembered by the work that is under way, so that it does not bring the same token', () => {
    const device = new Device({ pair: owner });
    const before = device.goTo('leasing');
    expect(device.send({ type: 'tokenRejected', accessToken })).toEqual([]);
    expect(device.state).toEqual({ ...before, known: { ...before.known, rejected: accessToken } });
  });

  it('takes the token away from the work that is under way', () => {
    const token = heldFor(owner, ages.due);
    const device = new Device({ pair: owner, token });
    device.goTo('leasing');
    expect(device.send({ type: 'tokenRejected', accessToken: token.accessToken })).toEqual([
      { type: 'report', report: { type: 'tokenRefreshForced' } },
    ]);
    expect(device.state).toMatchObject({
      kind: 'leasing',
      known: { token: null, rejected: token.accessToken, forcedAt: startedAt },
    });
  });
});
