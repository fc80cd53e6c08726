import { describe, expect, it } from 'vitest';
import { holdsAdmission } from '../../src/registration/admission.js';
import { isPending, type Effect } from '../../src/registration/effect.js';
import type { State } from '../../src/registration/state.js';

/** Which effects are answered by an event. */
const pending: Readonly<Record<Effect['type'], boolean>> = {
  readRecords: true,
  swapLease: true,
  swapCredentials: true,
  swapToken: true,
  queueToRegister: true,
  admitRegistration: true,
  register: true,
  requestToken: true,
  weighRefusal: true,
  takePlace: true,
  wait: true,
  deliver: false,
  fail: false,
  pairStored: false,
  changedPairServed: false,
  placeUnused: false,
  pairRestored: false,
  checkUnanswered: false,
  endAdmission: false,
  confirmed: false,
  unconfirmed: false,
  report: false,
};

/** In which states a place to register is held. One in which the lease is extended holds what the next one does. */
const holding: Readonly<Record<Exclude<State['kind'], 'extendingLease'>, boolean>> = {
  resting: false,
  reading: false,
  waiting: false,
  queueing: false,
  leasing: false,
  verifying: false,
  admitting: false,
  registering: true,
  storingCredentials: false,
  requestingToken: false,
  storingToken: false,
  releasing: false,
  weighing: false,
  doubting: false,
  tryingEarlier: false,
  admittingReplacement: false,
  registeringReplacement: true,
  provingReplacement: false,
  retryingSuspect: false,
  takingPlace: false,
  storingReplacement: false,
  checking: false,
  restoring: false,
  confirming: false,
  marking: false,
};

describe('every effect', () => {
  it.each(Object.entries(pending))(
    'is answered by an event, or is done when it has been run: %s',
    (type, is) => {
      expect(isPending({ type } as Effect)).toBe(is);
    },
  );
});

describe('every state', () => {
  it.each(Object.entries(holding))('holds a place to register, or none: %s', (kind, holds) => {
    expect(holdsAdmission({ kind } as State)).toBe(holds);
    expect(holdsAdmission({ kind: 'extendingLease', next: { kind } } as State)).toBe(holds);
  });
});
