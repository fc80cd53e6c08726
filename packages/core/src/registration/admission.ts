import type { State } from './state.js';
import type { Step } from './step.js';

/**
 * Whether a place among the registrations on the wire is reserved in this state. It was reserved by the event that led
 * here, and is given back by the step that leads away.
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

/** The place is given back before anything else is done, whatever way the machine has left that path. */
export function endAdmissionAfter(before: State, next: Step): Step {
  return holdsAdmission(before) && !holdsAdmission(next.state)
    ? { state: next.state, effects: [{ type: 'endAdmission' }, ...next.effects] }
    : next;
}
