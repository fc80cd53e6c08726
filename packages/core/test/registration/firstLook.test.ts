import { describe, expect, it } from 'vitest';
import { nextPair, type LeaseRecord } from '../../src/registration/record.js';
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
} from './device.js';

const owner = pair('owner');
const askForLease = {
  type: 'swapLease',
  expected: null,
  next: { kind: 'work', until: startedAt + 5_000, forMs: 5_000, code: null },
  ttlMs: 5_000,
} as const;

describe('a token that another process has stored', () => {
  it('is handed out, and the device rests', () => {
    const device = new Device({ pair: owner, rejected: 'an older one', failures: 2, refusals: 1 });
    device.shown = { ...nothing, credentials: stored(owner), token: stored(tokenFor(owner)) };
    device.goTo('reading');
    const token = heldFor(owner);
    expect(device.answerAsUsual()).toEqual([{ type: 'deliver', token }]);
    expect(device.state).toEqual({
      kind: 'resting',
      known: { ...device.known, pair: owner, token, rejected: null, failures: 0, refusals: 0 },
    });
  });

  it('is handed out when its renewal is due, which goes on', () => {
    const device = new Device();
    device.shown = { ...nothing, credentials: stored(owner), token: stored(tokenFor(owner, ages.due)) };
    device.goTo('reading');
    expect(device.answerAsUsual()).toEqual([
      { type: 'deliver', token: heldFor(owner, ages.due) },
      askForLease,
    ]);
    expect(device.state.kind).toBe('leasing');
  });

  it('is renewed at the very instant at which it is due', () => {
    const device = new Device();
    device.shown = {
      ...nothing,
      credentials: stored(owner),
      token: stored(tokenFor(owner, 1_000_000, 10_000_000)),
    };
    device.goTo('reading');
    device.now = heldFor(owner, 1_000_000, 10_000_000).renewAt;
    expect(device.answerAsUsual()).toHaveLength(2);
  });

  it.each([
    ['a 401 has named', tokenFor(owner), tokenFor(owner).accessToken],
    ['belongs to another pair', tokenFor(pair('another')), null],
    ['has expired at this very instant', tokenFor(owner, ages.expired), null],
  ])('is not handed out if it %s', (_, token, rejected) => {
    const device = new Device({ rejected });
    device.shown = { ...nothing, credentials: stored(owner), token: stored(token) };
    device.goTo('reading');
    expect(device.answerAsUsual()).toEqual([askForLease]);
    expect(device.known).toMatchObject({ pair: owner, token: null });
  });

  it('is not handed out if it is too close to its expiry, but kept: it serves if no other can be had', () => {
    const device = new Device();
    device.shown = { ...nothing, credentials: stored(owner), token: stored(tokenFor(owner, ages.inMargin)) };
    device.goTo('reading');
    expect(device.answerAsUsual()).toEqual([askForLease]);
    expect(device.known).toMatchObject({ pair: owner, token: heldFor(owner, ages.inMargin) });
  });

  it.each([
    ['sooner than', ages.due + 1],
    ['when', ages.due],
  ])('is not taken if it expires %s the one in memory does', (_, ageMs) => {
    const token = { ...heldFor(owner, ages.due), accessToken: 'in memory' };
    const device = new Device({ pair: owner, token });
    device.shown = { ...nothing, credentials: stored(owner), token: stored(tokenFor(owner, ageMs)) };
    device.goTo('reading');
    expect(device.answerAsUsual()).toEqual([askForLease]);
    expect(device.known.token).toBe(token);
  });

  it('is taken if it expires later than the one in memory', () => {
    const device = new Device({ pair: owner, token: heldFor(owner, ages.due) });
    device.shown = { ...nothing, credentials: stored(owner), token: stored(tokenFor(owner)) };
    device.goTo('reading');
    expect(device.answerAsUsual()).toEqual([{ type: 'deliver', token: heldFor(owner) }]);
  });
});

describe('credentials that a plain read shows, perhaps those of yesterday,', () => {
  it.each([
    ['are taken over where none are known', {}, owner, owner],
    [
      'are taken over if they were put in the place of those in memory',
      { pair: pair('mine') },
      nextPair(pair('later'), pair('mine')),
      nextPair(pair('later'), pair('mine')),
    ],
    ['do not displace others of the same generation', { pair: pair('mine') }, owner, pair('mine')],
    ['do not displace those of a later generation', { pair: pair('mine', 2) }, owner, pair('mine', 2)],
    [
      'are those in memory',
      { pair: owner },
      { ...owner, statement: 'as stored' },
      { ...owner, statement: 'as stored' },
    ],
    ['wait for the strong read while others wait to be stored', { unpublished: pair('mine') }, owner, null],
  ])('%s', (_, known, shown, expected) => {
    const device = new Device(known);
    device.shown = { ...nothing, credentials: stored(shown) };
    device.goTo('leasing');
    expect(device.known.pair).toEqual(expected);
  });

  it('prove nothing by their absence: the lease is asked for once there is a place to register, and no registration', () => {
    const device = new Device();
    device.goTo('reading');
    expect(device.answerAsUsual()).toEqual([{ type: 'queueToRegister' }]);
    device.now += 9_000;
    expect(device.answerAsUsual()).toEqual([
      { ...askForLease, next: { ...askForLease.next, until: device.now + 5_000 } },
    ]);
  });

  it('are not needed where others are in memory, even if they cannot be opened', () => {
    const device = new Device({ pair: owner });
    device.shown = { ...nothing, credentials: unreadable };
    device.goTo('reading');
    expect(device.answerAsUsual()).toEqual([askForLease]);
    expect(device.known.pair).toEqual(owner);
  });

  it('fail the callers if they cannot be opened, and are left as they are', () => {
    const device = new Device();
    device.shown = { ...nothing, credentials: unreadable };
    device.goTo('reading');
    expect(device.answerAsUsual()).toEqual([
      { type: 'report', report: { type: 'recordUnreadable', record: 'credentials' } },
      {
        type: 'fail',
        failure: {
          ...failure('cache_record_unreadable', 10_000),
          message: 'the stored credentials of the device cannot be opened',
        },
      },
    ]);
    expect(device.state.kind).toBe('resting');
  });
});

const work: LeaseRecord = { kind: 'work', until: startedAt + 5_000, forMs: 5_000, code: null };
const cooldown = (code: string | null, forMs = 5_000): LeaseRecord => ({
  kind: 'cooldown',
  until: startedAt + forMs,
  forMs,
  code,
});

describe('while another process is at work', () => {
  it.each([
    ['its lease is seen', stored(work)],
    ['a lease that cannot be opened is seen', unreadable],
    ['a cooldown that has just ended is seen', stored(cooldown('upstream_throttled', 0))],
  ])('this one looks again, ever more rarely, as long as %s', (_, lease) => {
    const device = new Device();
    device.shown = { ...nothing, lease };
    for (const delayMs of [30, 45, 68]) {
      device.goTo('reading');
      device.now = startedAt;
      expect(device.answerAsUsual()).toEqual([{ type: 'wait', delayMs, failure: null }]);
      expect(device.state.kind).toBe('waiting');
    }
  });

  it('this one looks again by a plain read if a caller still waits', () => {
    const device = new Device();
    device.shown = { ...nothing, lease: stored(work) };
    const { run } = device.goTo('waiting');
    expect(device.send({ type: 'waited', wanted: true })).toEqual([{ type: 'readRecords', strong: false }]);
    expect(device.state).toEqual({ kind: 'reading', known: device.known, run });
  });

  it('this one rests if nobody waits any more', () => {
    const device = new Device();
    device.shown = { ...nothing, lease: stored(work) };
    device.goTo('waiting');
    expect(device.send({ type: 'waited', wanted: false })).toEqual([]);
    expect(device.state.kind).toBe('resting');
  });

  it('this one goes on with its token, and sees to the renewal no sooner than in a second', () => {
    const token = heldFor(owner, ages.due);
    const device = new Device({ pair: owner, token });
    device.shown = { ...nothing, lease: stored(work) };
    device.goTo('reading');
    const kept = { ...token, renewAt: startedAt + 1_000 };
    expect(device.answerAsUsual()).toEqual([{ type: 'deliver', token: kept }]);
    expect(device.state).toEqual({ kind: 'resting', known: { ...device.known, token: kept } });
  });

  it('this one goes on with the token that the other has stored', () => {
    const device = new Device();
    device.shown = {
      credentials: stored(owner),
      token: stored(tokenFor(owner, ages.due)),
      lease: stored(work),
    };
    device.goTo('reading');
    const token = heldFor(owner, ages.due);
    expect(device.answerAsUsual()).toEqual([
      { type: 'deliver', token },
      { type: 'deliver', token: { ...token, renewAt: startedAt + 1_000 } },
    ]);
  });

  it('a token too close to its expiry is not handed out', () => {
    const device = new Device({ pair: owner, token: heldFor(owner, ages.inMargin) });
    device.shown = { ...nothing, lease: stored(work) };
    device.goTo('reading');
    expect(device.answerAsUsual()).toEqual([{ type: 'wait', delayMs: 30, failure: null }]);
  });
});

describe('during a cooldown', () => {
  const duringCooldown = (lease: LeaseRecord, ageMs: number | null = null): Device => {
    const device = new Device({ pair: owner, token: ageMs === null ? null : heldFor(owner, ageMs) });
    device.shown = { ...nothing, lease: stored(lease) };
    device.goTo('reading');
    return device;
  };

  it.each([
    ['upstream_throttled', 'Adobe Pass throttles the address of the device'],
    [
      'software_statement_doubted',
      'Adobe Pass rejected the software statement moments ago; it is tried again',
    ],
    ['upstream_unavailable', 'Adobe Pass failed moments ago; the next attempt is not due yet'],
    [
      'upstream_response_invalid',
      'Adobe Pass answered no valid response moments ago; the next attempt is not due yet',
    ],
  ] as const)('that may pass, callers wait for its end and are told why: %s', (code, message) => {
    const device = duringCooldown(cooldown(code));
    expect(device.answerAsUsual()).toEqual([
      { type: 'wait', delayMs: 5_000, failure: { ...failure(code, 5_000), message } },
    ]);
    expect(device.state).toMatchObject({ kind: 'waiting', run: { polls: 0 } });
  });

  it.each([null, 'a code of a later version', 'constructor'])(
    'for a reason that is not known (%j), it is as after a failed call',
    (code) => {
      expect(duringCooldown(cooldown(code)).answerAsUsual()).toMatchObject([
        { type: 'wait', delayMs: 5_000, failure: { code: 'upstream_unavailable' } },
      ]);
    },
  );

  it.each([
    ['access_token_rejected', 'Adobe Pass issued the access token again that it rejects, moments ago'],
    [
      'client_credentials_rejected',
      'Adobe Pass refused the credentials of the device moments ago, and new ones too',
    ],
    ['registration_refused', 'Adobe Pass refused the registration of the device moments ago'],
    ['replacement_suspended', 'the credentials of the device are refused, and for now none is replaced'],
    ['token_refused', 'Adobe Pass refused an access token for the device moments ago'],
  ] as const)('that only a human can end, callers are told at once: %s', (code, message) => {
    const device = duringCooldown(cooldown(code));
    expect(device.answerAsUsual()).toEqual([{ type: 'fail', failure: { ...failure(code, 5_000), message } }]);
    expect(device.state.kind).toBe('resting');
  });

  it.each([
    ['its end', 5_000, 5_000],
    ['a second, if it ends sooner', 300, 1_000],
    ['a second, if it has ended', -300, 1_000],
  ])('a token in memory serves to its true expiry, and its renewal waits for %s', (_, forMs, delayMs) => {
    const device = duringCooldown(cooldown('upstream_throttled', forMs), ages.inMargin);
    const token = heldFor(owner, ages.inMargin);
    expect(device.answerAsUsual()).toEqual([
      {
        type: 'deliver',
        token: { ...token, servableUntil: token.expiresAt, renewAt: startedAt + delayMs },
      },
    ]);
    expect(device.state.kind).toBe('resting');
  });

  it('a token that has expired is not handed out', () => {
    const device = duringCooldown(cooldown('upstream_throttled'), ages.expired);
    expect(device.answerAsUsual()).toMatchObject([{ type: 'wait', delayMs: 5_000 }]);
  });
});

describe('asking for the lease', () => {
  it('leads to a strong read, under a lease that counts from before it was asked for', () => {
    const device = new Device();
    device.goTo('leasing');
    device.now += 700;
    expect(device.send({ type: 'leaseSwapped', result: { ok: true, version: 'lease' } })).toEqual([
      { type: 'readRecords', strong: true },
    ]);
    expect(device.state).toMatchObject({
      kind: 'verifying',
      lease: { version: 'lease', until: startedAt + 5_000 },
    });
  });

  it('leads to a wait if another process was first', () => {
    const device = new Device();
    device.goTo('leasing');
    expect(device.send({ type: 'leaseSwapped', result: { ok: false, current: stored(work) } })).toEqual([
      { type: 'wait', delayMs: 30, failure: null },
    ]);
  });

  it('leads to another look if it was held and has gone since', () => {
    const device = new Device();
    device.goTo('leasing');
    device.send({ type: 'leaseSwapped', result: { ok: false, current: absent } });
    expect(device.state.kind).toBe('waiting');
  });

  it('is never answered by a deletion', () => {
    const device = new Device();
    device.goTo('leasing');
    expect(() => device.send({ type: 'leaseSwapped', result: { ok: true, version: null } })).toThrow(
      'registration: event leaseSwapped cannot happen in state leasing',
    );
  });
});

describe('a cache that cannot be asked', () => {
  const lost = { type: 'cacheFailed', failure: failure('cache_unavailable', 1_000) } as const;

  it.each(['reading', 'leasing'] as const)('turns away a device without credentials: %s', (kind) => {
    const device = new Device();
    device.goTo(kind);
    expect(device.send(lost)).toEqual([{ type: 'fail', failure: lost.failure }]);
    expect(device.state.kind).toBe('resting');
  });

  it.each(['reading', 'leasing'] as const)(
    'lets a device go on with the credentials in memory: %s',
    (kind) => {
      const device = new Device({ pair: owner, token: heldFor(owner, ages.inMargin) });
      device.goTo(kind);
      expect(device.send(lost)).toEqual([{ type: 'requestToken', credentials: owner, isTrial: false }]);
      expect(device.state).toMatchObject({ kind: 'requestingToken', lease: null, versions: null });
    },
  );

  it('leaves a token that still serves for a while', () => {
    const token = heldFor(owner, ages.due);
    const device = new Device({ pair: owner, token });
    device.goTo('leasing');
    const postponed = { ...token, servableUntil: token.expiresAt, renewAt: startedAt + 1_000 };
    expect(device.send(lost)).toEqual([
      { type: 'deliver', token: postponed },
      {
        type: 'report',
        report: { type: 'renewalPostponed', code: 'cache_unavailable', retryAfterMs: 1_000 },
      },
    ]);
    expect(device.known).toMatchObject({ token: postponed, failures: 1 });
  });
});
