import { describe, expect, it } from 'vitest';
import type { Effect } from '../../src/registration/effect.js';
import type { FailureCode } from '../../src/registration/event.js';
import type { LeaseRecord } from '../../src/registration/record.js';
import { ages, Device, failure, heldFor, nothing, pair, startedAt, stored } from './device.js';

const owner = pair('owner');

function asking(known: ConstructorParameters<typeof Device>[0] = {}): Device {
  const device = new Device({ pair: owner, ...known });
  device.shown = { ...nothing, credentials: stored(owner) };
  device.goTo('requestingToken');
  return device;
}

const failed = (code: FailureCode, retryAfterMs: number | null = null) =>
  ({ type: 'tokenFailed', failure: failure(code, retryAfterMs) }) as const;

const cooldown = (forMs: number, code: FailureCode) => ({
  type: 'swapLease',
  expected: expect.stringContaining('lease') as string,
  next: { kind: 'cooldown', until: startedAt + forMs, forMs, code },
  ttlMs: forMs,
});

describe('what Adobe Pass called a failure', () => {
  it('is remembered with the cooldown, for whoever meets it', () => {
    const device = asking();
    const refused = { ...failure('token_refused'), adobeStatus: 400, adobeCode: 'unauthorized_client' };
    const { next } = onlySwap(device.send({ type: 'tokenFailed', failure: refused }));
    expect(next).toMatchObject({ code: 'token_refused', adobeCode: 'unauthorized_client' });

    const other = new Device();
    other.shown = { ...nothing, lease: stored(next) };
    other.goTo('reading');
    expect(other.answerAsUsual()).toMatchObject([
      {
        type: 'fail',
        failure: {
          code: 'token_refused',
          adobeCode: 'unauthorized_client',
          message: expect.stringContaining('(unauthorized_client)') as string,
        },
      },
    ]);
  });
});

function onlySwap(effects: readonly Effect[]): { readonly next: LeaseRecord } {
  for (const effect of effects)
    if (effect.type === 'swapLease' && effect.next !== null) return { next: effect.next };
  throw new Error('no lease is written');
}

describe('a failure that may pass', () => {
  it.each([
    ['upstream_throttled', null, 0, 0, 1_000],
    ['upstream_throttled', 400, 0, 0, 1_000],
    ['upstream_throttled', 3_000, 0, 0, 3_000],
    ['upstream_throttled', null, 5, 0.5, 1_125],
    ['upstream_throttled', null, 0, 1 / 3, 1_083],
    ['upstream_unavailable', null, 0, 0, 1_000],
    ['upstream_unavailable', null, 2, 0.5, 4_500],
    ['upstream_response_invalid', null, 0, 0, 1_000],
  ] as const)(
    'makes every process wait: %s, Retry-After %j ms, %i failures before, at %d of the spread: %i ms',
    (code, retryAfterMs, failures, jitter, delayMs) => {
      const device = asking({ failures, jitter });
      expect(device.send(failed(code, retryAfterMs))).toEqual([cooldown(delayMs, code)]);
      expect(device.known.failures).toBe(failures + 1);
      expect(device.answerAsUsual()).toEqual([{ type: 'wait', delayMs, failure: failure(code, delayMs) }]);
    },
  );

  it('is told to the callers when it happens for the third time in a run', () => {
    const device = asking();
    for (const delayMs of [1_000, 2_000]) {
      expect(device.send(failed('upstream_unavailable'))).toMatchObject([{ ttlMs: delayMs }]);
      device.goTo('requestingToken');
    }
    expect(device.send(failed('upstream_unavailable'))).toMatchObject([
      { type: 'fail', failure: failure('upstream_unavailable', 4_000) },
      { type: 'swapLease', ttlMs: 4_000 },
    ]);
    device.answerAsUsual();
    expect(device.state.kind).toBe('resting');
  });

  it('counts anew for the callers of the next run', () => {
    const device = asking();
    for (let attempt = 0; attempt < 2; attempt += 1) {
      device.send(failed('upstream_unavailable'));
      device.goTo('requestingToken');
    }
    device.send(failed('upstream_unavailable'));
    device.settle();
    device.goTo('requestingToken');
    expect(device.send(failed('upstream_unavailable'))).toMatchObject([{ type: 'swapLease' }]);
  });

  it('in a registration makes every process wait as well', () => {
    const device = new Device();
    device.goTo('registering');
    expect(device.send({ type: 'registrationFailed', failure: failure('upstream_throttled') })).toEqual([
      { type: 'endAdmission' },
      cooldown(1_000, 'upstream_throttled'),
    ]);
  });

  it('of a software statement that is in doubt is repeated when that was said to help', () => {
    const device = new Device();
    device.goTo('admitting');
    const told = failure('software_statement_doubted', 700);
    expect(device.send({ type: 'registrationFailed', failure: told })).toEqual([
      cooldown(700, 'software_statement_doubted'),
    ]);
    device.goTo('waiting');
    device.goTo('reading');
    expect(device.state.kind).toBe('reading');
  });

  it('ends the wait with another look, since another process may have succeeded', () => {
    const device = asking();
    device.send(failed('upstream_unavailable'));
    device.goTo('waiting');
    expect(device.answerAsUsual()).toEqual([{ type: 'readRecords', strong: false }]);
  });
});

describe('a failure that does not pass by itself', () => {
  it.each([
    ['token_refused', 10_000],
    ['registration_refused', 10_000],
    ['access_token_rejected', 30_000],
    ['replacement_suspended', 5_000],
  ] as const)('is told to the callers, and to every process for a while: %s', (code, forMs) => {
    expect(asking().send(failed(code))).toEqual([
      { type: 'fail', failure: failure(code, forMs) },
      cooldown(forMs, code),
    ]);
  });

  it.each([
    ['software_statement_rejected', null],
    ['registration_limited', 7_000],
    ['closed', null],
  ] as const)(
    'concerns this process alone: %s, which other processes may try at once',
    (code, retryAfterMs) => {
      const device = new Device();
      device.goTo('admitting');
      const told = failure(code, retryAfterMs);
      expect(device.send({ type: 'registrationFailed', failure: told })).toEqual([
        { type: 'fail', failure: told },
        expect.objectContaining({ type: 'swapLease', next: null, ttlMs: null }),
      ]);
      device.answerAsUsual();
      expect(device.state.kind).toBe('resting');
    },
  );

  it('in a registration is told to the callers', () => {
    const device = new Device();
    device.goTo('registering');
    const told = failure('software_statement_rejected');
    expect(device.send({ type: 'registrationFailed', failure: told })).toMatchObject([
      { type: 'endAdmission' },
      { type: 'fail', failure: told },
      { type: 'swapLease', next: null },
    ]);
  });
});

describe('while the old token lives, a failed renewal', () => {
  const postponed = (effects: readonly Effect[]) =>
    effects.flatMap((effect) =>
      effect.type === 'report' && effect.report.type === 'renewalPostponed' ? [effect.report] : [],
    );

  it.each(['due', 'inMargin'] as const)('is noticed by nobody: the old token is %s', (age) => {
    const token = heldFor(owner, ages[age]);
    const device = asking({ token });
    const kept = { ...token, servableUntil: token.expiresAt, renewAt: startedAt + 1_000 };
    expect(device.send(failed('upstream_unavailable'))).toEqual([
      { type: 'deliver', token: kept },
      {
        type: 'report',
        report: { type: 'renewalPostponed', code: 'upstream_unavailable', retryAfterMs: 1_000 },
      },
      cooldown(1_000, 'upstream_unavailable'),
    ]);
    expect(device.known).toMatchObject({ token: kept, failures: 1 });
    device.answerAsUsual();
    expect(device.state.kind).toBe('resting');
  });

  it.each([
    ['the cooldown, if that is longer', 'upstream_throttled', 9_000, 9_000],
    ['the back-off, if that is longer', 'upstream_throttled', null, 4_000],
    ['the back-off, where there is no cooldown', 'software_statement_rejected', null, 4_000],
  ] as const)('is repeated after %s', (_, code, retryAfterMs, delayMs) => {
    const device = asking({ token: heldFor(owner, ages.due), failures: 2 });
    expect(postponed(device.send(failed(code, retryAfterMs)))).toEqual([
      { type: 'renewalPostponed', code, retryAfterMs: delayMs },
    ]);
  });

  it('is told to the callers at the very instant of its expiry', () => {
    const device = asking({ token: heldFor(owner, ages.inMargin) });
    device.now = startedAt + 30_000;
    expect(device.send(failed('token_refused'))).toMatchObject([{ type: 'fail' }, { type: 'swapLease' }]);
  });
});

describe('without the cache', () => {
  const offline = (): Device => {
    const device = new Device({ pair: owner });
    device.goTo('reading');
    device.send({ type: 'cacheFailed', failure: failure('cache_unavailable') });
    return device;
  };

  it('a failure that may pass is waited for by this process alone', () => {
    const device = offline();
    expect(device.send(failed('upstream_unavailable'))).toEqual([
      { type: 'wait', delayMs: 1_000, failure: failure('upstream_unavailable', 1_000) },
    ]);
    expect(device.state.kind).toBe('waiting');
  });

  it('a refusal of the credentials is no reason to replace them: somebody may have done so already', () => {
    const device = offline();
    expect(device.send(failed('client_credentials_rejected'))).toEqual([
      {
        type: 'fail',
        failure: {
          ...failure('cache_unavailable', 1_000),
          message:
            'Adobe Pass refuses the credentials in memory, and the cache cannot be asked for newer ones',
        },
      },
    ]);
    expect(device.known.refusals).toBe(0);
  });

  it('the same holds under a lease, if the strong read failed', () => {
    const device = new Device({ pair: owner });
    device.goTo('verifying');
    device.send({ type: 'cacheFailed', failure: failure('cache_unavailable') });
    expect(device.send(failed('client_credentials_rejected'))).toMatchObject([
      { type: 'fail', failure: { code: 'cache_unavailable' } },
      { type: 'swapLease', next: null },
    ]);
  });
});
