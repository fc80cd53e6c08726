import { earlierOf } from '../../src/registration/earlier.js';
import { describe, expect, it } from 'vitest';
import { nextPair, type CredentialsRecord } from '../../src/registration/record.js';
import {
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
  it.each([
    [0, 1_000],
    [0.5, 1_125],
    [1 / 3, 1_083],
  ])('is doubted: they are tried again a second later, at %d of the spread', (jitter, delayMs) => {
    const device = refusedDevice(jitter);
    device.goTo('requestingToken');
    expect(device.answerAsUsual()).toEqual([
      { type: 'report', report: { type: 'credentialsRefused', refusals: 1 } },
      { type: 'wait', delayMs, failure: null },
    ]);
    expect(device.state.kind).toBe('doubting');
    device.now += 1;
    expect(device.send({ type: 'waited', wanted: true })).toEqual([
      { type: 'requestToken', credentials: suspect },
    ]);
  });

  it('is forgotten once they obtain a token', () => {
    const device = refusedDevice();
    device.goTo('doubting');
    device.refused = [];
    device.goTo('resting');
    expect(device.known).toMatchObject({ pair: suspect, refusals: 0 });
  });

  it('leads to a replacement when it is the third, if the fleet permits one', () => {
    const device = refusedDevice();
    for (let refusal = 1; refusal < 3; refusal += 1) {
      device.goTo('doubting');
      device.goTo('requestingToken');
    }
    expect(device.answerAsUsual()).toEqual([
      { type: 'report', report: { type: 'credentialsRefused', refusals: 3 } },
      { type: 'permitReplacement', suspect },
    ]);
    expect(device.answerAsUsual()).toEqual([{ type: 'register' }]);
  });

  it('is told to the callers if the fleet permits no replacement, and new evidence is needed', () => {
    const device = refusedDevice();
    device.goTo('permittingReplacement');
    const { now } = device;
    const why = failure('replacement_suspended');
    expect(device.send({ type: 'replacementSuspended', failure: why })).toMatchObject([
      { type: 'report', report: { type: 'replacementSuspended', reason: why.message } },
      { type: 'fail', failure: { ...why, retryAfterMs: 60_000 } },
      {
        type: 'swapLease',
        next: { kind: 'cooldown', until: now + 60_000, forMs: 60_000, code: 'replacement_suspended' },
        ttlMs: 60_000,
      },
    ]);
    expect(device.known).toMatchObject({ pair: suspect, refusals: 0 });
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

  it('has to obtain a token before it counts', () => {
    const device = refusedDevice();
    device.goTo('registeringReplacement');
    expect(device.answerAsUsual()).toEqual([
      { type: 'endAdmission' },
      { type: 'requestToken', credentials: replacement },
    ]);
    expect(device.known.pair).toEqual(suspect);
  });

  it('gives the old pair a last chance before it counts', () => {
    const device = refusedDevice();
    device.goTo('provingReplacement');
    expect(device.answerAsUsual()).toEqual([{ type: 'requestToken', credentials: suspect }]);
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
    const effects = device.send({ type: 'tokenFailed', failure: failure('upstream_unavailable') });
    expect(effects.map(({ type }) => type)).not.toContain('swapCredentials');
    expect(device.known.pair).toEqual(suspect);
  });

  it('takes the place of the very pair that was refused, with that pair inside', () => {
    const device = refusedDevice();
    device.goTo('retryingSuspect');
    expect(device.answerAsUsual()).toEqual([
      { type: 'swapCredentials', expected: 'version of suspect', next: replacement },
    ]);
  });

  it('counts once it is stored, and its token is handed out', () => {
    const device = refusedDevice(0, { token: stored(tokenFor(pair('other')), 'old token') });
    device.goTo('provingReplacement');
    device.send(issued('of the replacement', device.now));
    device.goTo('storingReplacement');
    expect(device.answerAsUsual()).toMatchObject([
      { type: 'pairStored' },
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
    device.refused = [replacement.clientId];
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
    expect(device.send(conflict(stored(theirs)))).toEqual([orphaned, readAgain]);
    expect(device.state.kind).toBe('verifying');
    device.shown = { ...nothing, credentials: stored(theirs) };
    device.answerAsUsual();
    expect(device.known).toMatchObject({ pair: theirs, refusals: 0 });
  });

  it('that fails, and may have succeeded, is cleared up by a strong read', () => {
    const device = storing();
    expect(device.send(lost)).toEqual([readAgain]);
    device.shown = { ...nothing, credentials: stored(replacement) };
    expect(device.answerAsUsual()).toEqual([{ type: 'requestToken', credentials: replacement }]);
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
    failure: { ...rejected.failure, retryAfterMs: 60_000 },
  });
  expect(device.known.pair).toEqual(suspect);
});
