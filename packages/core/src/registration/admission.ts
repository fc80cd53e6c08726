import type { State } from './state.js';
import type { Step } from './step.js';

/**
 * Whether leave to register is held in this state. It was given by the event that led here, and is given back by the step
 * that leads away.
 */
export function holdsAdmission(state: State): boolean {
  switch (state.kind) {
    case 'registering':
    case 'registeringReplacement':
      return true;
    case 'extendingLease':
      return holdsAdmission(state.next);
    case 'resting':
    case 'reading':
    case 'waiting':
    case 'queueing':
    case 'leasing':
    case 'verifying':
    // What is being asked for is not yet had.
    case 'admitting':
    case 'admittingReplacement':
    case 'storingCredentials':
    case 'requestingToken':
    case 'storingToken':
    case 'releasing':
    case 'weighing':
    case 'doubting':
    case 'tryingEarlier':
    case 'provingReplacement':
    case 'retryingSuspect':
    case 'takingPlace':
    case 'storingReplacement':
    case 'checking':
    case 'restoring':
    case 'confirming':
    case 'marking':
      return false;
  }
}

/**
 * Whether what is going on may end in a register call, so that the place on the wire that was waited for is kept. Where it is
 * not, whoever runs the effects gives it back.
 */
export function keepsPlace(state: State): boolean {
  switch (state.kind) {
    case 'queueing':
    case 'admitting':
    case 'registering':
    case 'admittingReplacement':
    case 'registeringReplacement':
      return true;
    case 'leasing':
    case 'verifying':
      return state.known.pair === null;
    case 'extendingLease':
      return keepsPlace(state.next);
    case 'resting':
    case 'reading':
    case 'waiting':
    case 'storingCredentials':
    case 'requestingToken':
    case 'storingToken':
    case 'releasing':
    case 'weighing':
    case 'doubting':
    case 'tryingEarlier':
    case 'provingReplacement':
    case 'retryingSuspect':
    case 'takingPlace':
    case 'storingReplacement':
    case 'checking':
    case 'restoring':
    case 'confirming':
    case 'marking':
      return false;
  }
}

/** The leave to register is given back before anything else is done, whatever way the machine has left that path. */
export function endAdmissionAfter(before: State, next: Step): Step {
  return holdsAdmission(before) && !holdsAdmission(next.state)
    ? { state: next.state, effects: [{ type: 'endAdmission' }, ...next.effects] }
    : next;
}
