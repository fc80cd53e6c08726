import { describe, expect, it } from 'vitest';
import {
  absent,
  ages,
  Device,
  failure,
  heldFor,
  hourMs,
  lifeMs,
  nothing,
  pair,
  startedAt,
  stored,
  tokenFor,
} from './device.js';

const owner = pair('owner');

/** A device whose credentials are stored, with its request for a token on the wire. */
function asking(known: ConstructorParameters<typeof Device>[0] = {}): Device {
  const device = new Device({ pair: owner, ...known });
  device.shown = { ...nothing, credentials: stored(owner) };
  device.goTo('requestingToken');
  return device;
}

const issued = (accessToken = 'fresh', life = lifeMs) =>
  ({ type: 'tokenIssued', accessToken, requestedAt: startedAt, lifeMs: life }) as const;

const fresh = { ...tokenFor(owner), accessToken: 'fresh' };

describe('a token that Adobe Pass has issued', () => {
  it('is handed out first, then stored for the other processes for as long as it lives', () => {
    const device = asking({ rejected: 'an older one', failures: 2, refusals: 1 });
    device.now += 900;
    const token = { ...heldFor(owner), accessToken: 'fresh' };
    expect(device.send(issued())).toEqual([
      { type: 'deliver', token },
      { type: 'report', report: { type: 'tokenIssued', lifeMs, background: false } },
      { type: 'swapToken', expected: null, next: fresh, ttlMs: lifeMs - 900 },
    ]);
    expect(device.known).toMatchObject({ pair: owner, token, rejected: null, failures: 0, refusals: 0 });
  });

  it.each([
    ['in the background while the old one still serves', ages.due, true],
    ['with callers waiting once the old one does not serve any more', ages.inMargin, false],
  ])('came %s', (_, ageMs, background) => {
    const device = asking({ token: heldFor(owner, ageMs) });
    expect(device.send(issued())).toContainEqual({
      type: 'report',
      report: { type: 'tokenIssued', lifeMs, background },
    });
    expect(device.known.token?.accessToken).toBe('fresh');
  });

  it('is not handed out if it is the one that a 401 has named', () => {
    const device = asking({ rejected: 'fresh' });
    expect(device.send(issued())).toMatchObject([
      {
        type: 'fail',
        failure: {
          ...failure('access_token_rejected', 30_000),
          message: 'Adobe Pass issued the same access token that it rejects',
        },
      },
      {
        type: 'swapLease',
        next: { kind: 'cooldown', until: device.now + 30_000, forMs: 30_000, code: 'access_token_rejected' },
      },
    ]);
  });

  it('is not handed out if it has expired before it was heard of, and another is asked for', () => {
    const device = asking();
    device.now += 5_000;
    device.send(issued('fresh', 5_000));
    device.answerAsUsual();
    expect(device.pending).toEqual({
      type: 'wait',
      delayMs: 1_000,
      failure: {
        ...failure('upstream_response_invalid', 1_000),
        message: 'the access token had expired by the time it could be used',
      },
    });
  });

  it('is handed out to its last millisecond', () => {
    const device = asking();
    device.now += 4_999;
    expect(device.send(issued('fresh', 5_000))).toMatchObject([
      { type: 'deliver' },
      { type: 'report' },
      { type: 'swapToken', ttlMs: 1 },
    ]);
  });

  it('of which less than a millisecond is left is not stored', () => {
    expect(asking().send(issued('fresh', 0.5))).toMatchObject([
      { type: 'deliver' },
      { type: 'report' },
      { type: 'swapLease', next: null },
    ]);
  });

  it.each([
    ['half of what is left of that one', 4 * hourMs, 2 * hourMs],
    ['half a minute', 40_000, 30_000],
  ])('that expires before the one in memory is dropped; the next comes after %s', (_, leftMs, delayMs) => {
    const old = heldFor(owner, lifeMs - leftMs);
    const device = asking({ token: { ...old, renewAt: startedAt } });
    const kept = { ...old, servableUntil: old.expiresAt, renewAt: startedAt + delayMs };
    expect(device.send(issued('fresh', leftMs - 1))).toMatchObject([
      { type: 'deliver', token: kept },
      { type: 'report', report: { type: 'tokenIssued' } },
      { type: 'swapLease', next: null },
    ]);
    expect(device.known.token).toEqual(kept);
  });

  it('that expires when the one in memory does is dropped too', () => {
    const device = asking({ token: heldFor(owner, ages.due) });
    device.send(issued('fresh', lifeMs - ages.due));
    expect(device.known.token?.accessToken).toBe(tokenFor(owner, ages.due).accessToken);
  });

  it('stays in memory where the cache could not be asked', () => {
    const device = new Device({ pair: owner });
    device.goTo('reading');
    device.send({ type: 'cacheFailed', failure: failure('cache_unavailable') });
    expect(device.send(issued())).toMatchObject([{ type: 'deliver' }, { type: 'report' }]);
    expect(device.state.kind).toBe('resting');
  });
});

describe('the token in the cache', () => {
  const storing = (): Device => {
    const device = asking();
    device.send(issued());
    return device;
  };
  const giveBack = [expect.objectContaining({ type: 'swapLease', next: null, ttlMs: null })];

  it.each([
    ['it is stored', { type: 'tokenSwapped', result: { ok: true, version: 'v' } }],
    ['another is in the way', { type: 'tokenSwapped', result: { ok: false, current: stored(fresh) } }],
    ['the cache cannot be asked', { type: 'cacheFailed', failure: failure('cache_unavailable') }],
    ['it is absent, as was expected', { type: 'tokenSwapped', result: { ok: false, current: absent } }],
  ] as const)('is done with, and the lease given back, once %s', (_, answer) => {
    const device = storing();
    expect(device.send(answer)).toEqual(giveBack);
    expect(device.state.kind).toBe('releasing');
  });

  it('that expired while it was being renewed does not hinder the new one', () => {
    const device = new Device({ pair: owner });
    device.shown = {
      ...nothing,
      credentials: stored(owner),
      token: stored(tokenFor(owner, ages.due), 'old token'),
    };
    device.goTo('storingToken');
    const { pending } = device;
    expect(device.send({ type: 'tokenSwapped', result: { ok: false, current: absent } })).toEqual([
      { ...pending, expected: null },
    ]);
    expect(device.send({ type: 'tokenSwapped', result: { ok: false, current: absent } })).toEqual(giveBack);
  });

  it('that was replaced meanwhile is left to whoever did it', () => {
    const device = new Device({ pair: owner });
    device.shown = {
      ...nothing,
      credentials: stored(owner),
      token: stored(tokenFor(owner, ages.due), 'old token'),
    };
    device.goTo('storingToken');
    expect(device.send({ type: 'tokenSwapped', result: { ok: false, current: stored(fresh) } })).toEqual(
      giveBack,
    );
  });
});

describe('the end of a run', () => {
  it.each([
    ['has been given back', { type: 'leaseSwapped', result: { ok: true, version: null } }],
    ['had gone already', { type: 'leaseSwapped', result: { ok: false, current: absent } }],
    ['could not be given back', { type: 'cacheFailed', failure: failure('cache_unavailable') }],
  ] as const)('lets the device rest once the lease %s', (_, answer) => {
    const device = asking();
    device.goTo('releasing');
    expect(device.send(answer)).toEqual([]);
    expect(device.state.kind).toBe('resting');
  });
});
