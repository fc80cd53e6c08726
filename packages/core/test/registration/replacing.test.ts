import { earlierOf } from '../../src/registration/earlier.js';
import { describe, expect, it } from 'vitest';
import { nextPair, type CredentialsRecord } from '../../src/registration/record.js';
import {
  ages,
  heldFor,
  absent,
  Device,
  failure,
  lifeMs,
  nothing,
  pair,
  startedAt,
  stored,
  tokenFor,
  type Shown,
} from './device.js';

const suspect = pair('suspect');
const replacement: CredentialsRecord = {
  ...pair('registered', 2),
  earlier: [earlierOf(suspect)],
};
const orphaned = { type: 'report', report: { type: 'credentialsOrphaned' } } as const;
const rejected = { type: 'tokenFailed', failure: failure('client_credentials_rejected') } as const;
const issued = (accessToken: string, requestedAt = startedAt) =>
  ({ type: 'tokenIssued', accessToken, requestedAt, lifeMs }) as const;

/** A device whose stored credentials Adobe Pass refuses. */
function refusedDevice(jitter = 0, shown: Partial<Shown> = {}): Device {
  const device = new Device({ jitter });
  device.shown = { ...nothing, credentials: stored(suspect, 'version of suspect'), ...shown };
  device.refused = [suspect.clientId];
  return device;
}

describe('a refusal of the stored credentials', () => {
  it('is weighed by whoever sees other devices too, and they are tried again when that says so', () => {
    const device = refusedDevice();
    device.goTo('requestingToken');
    expect(device.answerAsUsual()).toEqual([
      { type: 'report', report: { type: 'credentialsRefused', refusals: 1 } },
      { type: 'weighRefusal', suspect },
    ]);
    expect(device.send({ type: 'refusalWeighed', againInMs: 2_500 })).toMatchObject([
      {
        type: 'wait',
        delayMs: 2_500,
        failure: {
          code: 'client_credentials_rejected',
          message: 'Adobe Pass refuses the credentials of the device; they are being tried again',
          retryAfterMs: 2_500,
        },
      },
    ]);
    expect(device.state.kind).toBe('doubting');
    device.now += 1;
    expect(device.send({ type: 'waited', wanted: true })).toEqual([
      { type: 'requestToken', credentials: suspect, isTrial: false },
    ]);
  });

  it.each([
    ['the first', 0, 0, 30_000],
    ['the second', 1, 0, 60_000],
    ['one of many', 9, 0, 300_000],
    ['the first, of a device in the middle of the spread', 0, 0.5, 33_750],
  ])(
    'changes nothing while the device has a usable token, which serves on: %s',
    (_, refusals, jitter, forMs) => {
      const token = heldFor(suspect, ages.due);
      const device = new Device({ jitter, pair: suspect, token, refusals });
      device.shown = { ...nothing, credentials: stored(suspect) };
      device.refused = [suspect.clientId];
      device.goTo('requestingToken');
      const { now } = device;
      expect(device.answerAsUsual()).toMatchObject([
        { type: 'report', report: { type: 'credentialsRefused', refusals: refusals + 1 } },
        { type: 'deliver', token: { accessToken: token.accessToken } },
        { type: 'report', report: { type: 'renewalPostponed', retryAfterMs: forMs } },
        { type: 'swapLease', next: { kind: 'cooldown', forMs, code: 'client_credentials_rejected' } },
      ]);
      expect(device.known.token).toMatchObject({ servableUntil: token.expiresAt, renewAt: now + forMs });
    },
  );

  it('does not keep anybody waiting beyond the end of the token', () => {
    const token = heldFor(suspect, ages.inMargin);
    const device = new Device({ pair: suspect, token, refusals: 9 });
    device.shown = { ...nothing, credentials: stored(suspect) };
    device.refused = [suspect.clientId];
    device.goTo('requestingToken');
    expect(device.answerAsUsual()).toContainEqual(
      expect.objectContaining({ type: 'swapLease', ttlMs: token.expiresAt - device.now }),
    );
  });

  it('is forgotten once they obtain a token', () => {
    const device = refusedDevice();
    device.goTo('doubting');
    device.refused = [];
    device.goTo('resting');
    expect(device.known).toMatchObject({ pair: suspect, refusals: 0 });
  });

  it('leads to a replacement once the evidence holds', () => {
    const device = refusedDevice();
    device.goTo('weighing');
    expect(device.send({ type: 'refusalWeighed', againInMs: null })).toEqual([
      { type: 'admitRegistration', ephemeral: false },
    ]);
    expect(device.answerAsUsual()).toEqual([{ type: 'register' }]);
  });

  it.each([
    ['as long as they are told', 7_000, 7_000],
    ['for some seconds', null, 5_000],
  ])('is told to the callers if nothing may be replaced now: %s', (_, retryAfterMs, forMs) => {
    const device = refusedDevice();
    device.goTo('weighing');
    const { now } = device;
    const why = failure('replacement_suspended', retryAfterMs);
    expect(device.send({ type: 'replacementSuspended', failure: why })).toMatchObject([
      { type: 'report', report: { type: 'replacementSuspended', reason: why.message } },
      { type: 'fail', failure: { ...why, retryAfterMs: forMs } },
      {
        type: 'swapLease',
        next: { kind: 'cooldown', until: now + forMs, forMs, code: 'replacement_suspended' },
        ttlMs: forMs,
      },
    ]);
    expect(device.known).toMatchObject({ pair: suspect });
  });
});

describe('a replacement', () => {
  it('that cannot be registered changes nothing, and the callers are told', () => {
    const device = refusedDevice();
    device.goTo('registeringReplacement');
    const told = failure('software_statement_rejected');
    expect(device.send({ type: 'registrationFailed', failure: told })).toMatchObject([
      { type: 'endAdmission' },
      { type: 'fail', failure: told },
      { type: 'swapLease', next: null },
    ]);
    expect(device.known.pair).toEqual(suspect);
  });

  it.each([
    ['registrationHeldOff', 'cache_unavailable'],
    ['registrationFailed', 'registration_limited'],
  ] as const)('that is not admitted changes nothing, and the callers are told: %s', (type, code) => {
    const device = refusedDevice();
    device.goTo('admittingReplacement');
    const told = failure(code, 3_000);
    expect(device.send({ type, failure: told })).toMatchObject([
      { type: 'report', report: { type: 'replacementSuspended', reason: told.message } },
      { type: 'fail', failure: { code } },
      { type: 'swapLease' },
    ]);
    expect(device.known.pair).toEqual(suspect);
  });

  it('that cannot obtain a token is dropped, and nobody tries again for some seconds', () => {
    const expired = heldFor(suspect, ages.expired);
    const device = new Device({ token: expired });
    device.shown = { ...nothing, credentials: stored(suspect) };
    device.refused = [suspect.clientId, 'registered'];
    device.goTo('provingReplacement');
    expect(device.answerAsUsual()).toMatchObject([
      orphaned,
      { type: 'fail', failure: { code: 'client_credentials_rejected' } },
      { type: 'swapLease', next: { kind: 'cooldown', forMs: 5_000 } },
    ]);
    expect(device.known.pair).toEqual(suspect);
  });

  it('for which there is no place is dropped, and the callers are told', () => {
    const device = refusedDevice();
    device.goTo('takingPlace');
    const told = failure('replacement_suspended', 3_000);
    expect(device.send({ type: 'replacementSuspended', failure: told })).toMatchObject([
      orphaned,
      { type: 'report', report: { type: 'replacementSuspended' } },
      { type: 'fail', failure: told },
      { type: 'swapLease' },
    ]);
  });

  it('has to obtain a token before it counts', () => {
    const device = refusedDevice();
    device.goTo('registeringReplacement');
    expect(device.answerAsUsual()).toEqual([
      { type: 'endAdmission' },
      { type: 'requestToken', credentials: replacement, isTrial: true },
    ]);
    expect(device.known.pair).toEqual(suspect);
  });

  it('gives the old pair a last chance before it counts', () => {
    const device = refusedDevice();
    device.goTo('provingReplacement');
    expect(device.answerAsUsual()).toEqual([{ type: 'requestToken', credentials: suspect, isTrial: true }]);
    expect(device.known.pair).toEqual(suspect);
  });

  it('is dropped if the old pair obtains a token after all', () => {
    const device = refusedDevice();
    device.goTo('retryingSuspect');
    const { now } = device;
    expect(device.send(issued('of the old pair', now))).toMatchObject([
      orphaned,
      { type: 'deliver', token: { accessToken: 'of the old pair' } },
      { type: 'report', report: { type: 'tokenIssued' } },
      { type: 'swapToken', next: { clientId: 'suspect' } },
    ]);
    expect(device.known).toMatchObject({ pair: suspect, refusals: 0 });
  });

  it('does not take the place of a pair whose last chance failed for another reason', () => {
    const device = refusedDevice();
    device.goTo('retryingSuspect');
    expect(device.send({ type: 'tokenFailed', failure: failure('upstream_unavailable') })).toMatchObject([
      orphaned,
      { type: 'swapLease', next: { kind: 'cooldown', code: 'upstream_unavailable' } },
    ]);
    expect(device.known.pair).toEqual(suspect);
  });

  it('takes the place of the very pair that was refused, with that pair inside', () => {
    const device = refusedDevice();
    device.goTo('retryingSuspect');
    expect(device.answerAsUsual()).toEqual([{ type: 'takePlace' }]);
    expect(device.answerAsUsual()).toEqual([
      { type: 'swapCredentials', expected: 'version of suspect', next: replacement },
    ]);
  });

  it('remembers the sign-in that was seen with the old pair meanwhile', () => {
    const device = refusedDevice();
    const { known, ...taking } = device.goTo('takingPlace');
    device.state = { ...taking, known: { ...known, pair: { ...suspect, signedInAt: startedAt } } };
    expect(device.answerAsUsual()).toMatchObject([
      { type: 'swapCredentials', next: { earlier: [{ clientId: 'suspect', signedInAt: startedAt }] } },
    ]);
  });

  it('counts once it is stored, and its token is handed out', () => {
    const device = refusedDevice(0, { token: stored(tokenFor(pair('other')), 'old token') });
    device.goTo('provingReplacement');
    device.send(issued('of the replacement', device.now));
    device.goTo('storingReplacement');
    expect(device.answerAsUsual()).toMatchObject([
      { type: 'pairStored' },
      { type: 'changedPairServed', credentials: { clientId: 'registered' } },
      { type: 'report', report: { type: 'credentialsReplaced', generation: 2, viewerMustSignIn: true } },
      { type: 'deliver', token: { accessToken: 'of the replacement' } },
      { type: 'report', report: { type: 'tokenIssued', lifeMs } },
      {
        type: 'swapToken',
        expected: 'old token',
        next: { clientId: 'registered', accessToken: 'of the replacement' },
      },
    ]);
    expect(device.known).toMatchObject({ pair: replacement, refusals: 0, failures: 0 });
  });

  it('brings its token even if it reads like one that a 401 named beside the old pair', () => {
    const device = refusedDevice();
    device.goTo('provingReplacement');
    device.send(issued('same text', device.now));
    device.goTo('storingReplacement');
    device.send({ type: 'tokenRejected', accessToken: 'same text' });
    device.answerAsUsual();
    expect(device.effects).toContainEqual(
      expect.objectContaining({ type: 'deliver', token: device.known.token }),
    );
    expect(device.known.token?.accessToken).toBe('same text');
  });

  it('of a replacement has the next generation and the last pair inside', () => {
    const device = new Device();
    device.shown = { ...nothing, credentials: stored(replacement) };
    device.refused = [replacement.clientId, suspect.clientId];
    device.goTo('registeringReplacement');
    const { clientId, clientSecret, registeredAt, statement } = pair('third');
    device.send({ type: 'registered', credentials: { clientId, clientSecret, registeredAt, statement } });
    device.goTo('storingReplacement');
    expect(device.pending).toMatchObject({
      next: {
        clientId: 'third',
        generation: 3,
        earlier: [
          { clientId: 'suspect', generation: 1 },
          { clientId: 'registered', generation: 2 },
        ],
      },
    });
  });

  it('of a pair that was registered in the same run replaces what that run stored', () => {
    const device = new Device();
    device.refused = ['registered'];
    device.goTo('registeringReplacement');
    const { clientId, clientSecret, registeredAt, statement } = pair('second');
    device.send({ type: 'registered', credentials: { clientId, clientSecret, registeredAt, statement } });
    device.goTo('storingReplacement');
    expect(device.pending).toMatchObject({ type: 'swapCredentials', expected: 'written' });
  });
});

describe('storing a replacement', () => {
  const conflict = (current: Shown['credentials']) =>
    ({ type: 'credentialsSwapped', result: { ok: false, current } }) as const;
  const lost = { type: 'cacheFailed', failure: failure('cache_unavailable', 1_000) } as const;
  const readAgain = { type: 'readRecords', strong: true } as const;
  const storing = (): Device => {
    const device = refusedDevice();
    device.goTo('storingReplacement');
    return device;
  };

  it('is tried again where the cache has lost the old pair, and nothing stands in the way', () => {
    const device = storing();
    const again = { type: 'swapCredentials', expected: null, next: replacement };
    expect(device.send(conflict(absent))).toEqual([again]);
    expect(device.send(conflict(absent))).toEqual([again]);
    expect(device.send(conflict(absent))).toContainEqual(readAgain);
  });

  it('gives way to another replacement that was first, and is reported', () => {
    const device = storing();
    const theirs = nextPair(pair('theirs'), suspect);
    expect(device.send(conflict(stored(theirs)))).toEqual([orphaned, { type: 'placeUnused' }, readAgain]);
    expect(device.state.kind).toBe('verifying');
    device.shown = { ...nothing, credentials: stored(theirs) };
    device.answerAsUsual();
    expect(device.known).toMatchObject({ pair: theirs, refusals: 0 });
  });

  it('that fails, and may have succeeded, is cleared up by a strong read', () => {
    const device = storing();
    expect(device.send(lost)).toEqual([readAgain]);
    device.shown = { ...nothing, credentials: stored(replacement) };
    expect(device.answerAsUsual()).toEqual([
      { type: 'requestToken', credentials: replacement, isTrial: false },
    ]);
    expect(device.known.pair).toEqual(replacement);
  });

  it('that fails for the third time in a run is told to the callers', () => {
    const device = storing();
    for (let attempt = 1; attempt < 3; attempt += 1) {
      expect(device.send(lost)).toEqual([readAgain]);
      device.goTo('storingReplacement');
    }
    expect(device.send(lost)).toMatchObject([
      { type: 'fail', failure: lost.failure },
      { type: 'swapLease', next: null },
    ]);
  });
});

it('a refusal of the replacement itself is told to the callers, and no other is registered', () => {
  const device = refusedDevice();
  device.goTo('provingReplacement');
  expect(device.send(rejected)).toContainEqual({
    type: 'fail',
    failure: { ...rejected.failure, retryAfterMs: 5_000 },
  });
  expect(device.known.pair).toEqual(suspect);
});
