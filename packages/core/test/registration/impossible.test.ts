import { describe, expect, it } from 'vitest';
import { answersIn } from '../../proofs/model/visits.js';
import { nextPair } from '../../src/registration/record.js';
import type { Event } from '../../src/registration/event.js';
import {
  absent,
  Device,
  failure,
  lifeMs,
  nothing,
  pair,
  startedAt,
  stored,
  type Happening,
} from './device.js';

const owner = pair('owner');

const answers: readonly Happening[] = [
  { type: 'recordsRead', ...nothing },
  { type: 'cacheFailed', failure: failure('cache_unavailable') },
  { type: 'leaseSwapped', result: { ok: true, version: 'v' } },
  { type: 'credentialsSwapped', result: { ok: true, version: 'v' } },
  { type: 'tokenSwapped', result: { ok: false, current: absent } },
  { type: 'lossSuspected' },
  { type: 'confirmNeeded' },
  { type: 'signInSeen', clientId: owner.clientId },
  { type: 'registrationAdmitted' },
  { type: 'queuePassed' },
  { type: 'registrationHeldOff', failure: failure('cache_unavailable') },
  { type: 'registered', credentials: owner },
  { type: 'registrationFailed', failure: failure('registration_refused') },
  { type: 'tokenIssued', accessToken: 'token', requestedAt: startedAt, lifeMs },
  { type: 'tokenFailed', failure: failure('token_refused') },
  { type: 'refusalWeighed', againInMs: null },
  { type: 'placeTaken' },
  { type: 'witnessWanted' },
  { type: 'replacementSuspended', failure: failure('replacement_suspended') },
  { type: 'waited', wanted: true },
];

function isAboutReplacing(kind: string): boolean {
  return /weighing|doubting|earlier|suspect|place/i.test(kind);
}

/** A device on its way to what `kind` is part of. */
function deviceIn(kind: keyof typeof answersIn): Device {
  const device = new Device();
  if (kind === 'resting') return device;
  if (kind === 'checking' || kind === 'restoring') {
    device.goTo('storingToken');
    device.settle();
    device.send({ type: 'lossSuspected' });
  }
  if (kind === 'confirming' || kind === 'marking') {
    device.goTo('storingToken');
    device.settle();
    device.send({ type: 'confirmNeeded' });
    if (kind === 'confirming') device.send({ type: 'cacheFailed', failure: failure('cache_unavailable') });
  }
  if (kind === 'waiting') {
    const lease = stored({ kind: 'work', until: startedAt + 5_000, forMs: 5_000, code: null } as const);
    device.shown = { ...nothing, lease };
  }
  if (isAboutReplacing(kind)) {
    device.shown = { ...nothing, credentials: stored(nextPair(owner, pair('older'))) };
    device.refused = [owner.clientId, 'older'];
  }
  if (kind === 'extendingLease') {
    device.goTo('admitting');
    device.now += 2_000;
  }
  device.goTo(kind);
  return device;
}

const cases = Object.entries(answersIn).flatMap(([kind, possible]) =>
  answers
    .filter(({ type }) => !possible.includes(type))
    .map((answer) => [kind as keyof typeof answersIn, answer.type, answer] as const),
);

describe('an answer to what was not asked', () => {
  it.each(cases)('is a defect of the interpreter: in state %s, %s', (kind, type: Event['type'], answer) => {
    const device = deviceIn(kind);
    expect(() => device.send(answer)).toThrow(`registration: event ${type} cannot happen in state ${kind}`);
  });
});
