import { check } from './checking.js';
import type { EventOf } from './event.js';
import { withSignIn, withSignOut } from './marks.js';
import type { CredentialsRecord } from './record.js';
import { freshRun, type Known, type Resting } from './state.js';
import { after, report, rest, step, type Step } from './step.js';

/*
 * A pair is worth most from the moment an answer shows a viewer's sign-in on it, until he has signed out. Either is in
 * memory at once, and written in the background; whatever becomes of the writing, the next time that this process stores
 * the pair carries it.
 */

export function signInSeen({ known }: Resting, { clientId, now }: EventOf<'signInSeen'>): Step {
  const { pair } = known;
  if (pair === null || pair.clientId !== clientId) return rest(known);
  return after(
    [report({ type: 'signInNoted', generation: pair.generation })],
    note(known, withSignIn(pair, now)),
  );
}

export function signOutSeen({ known }: Resting, { clientId, now }: EventOf<'signOutSeen'>): Step {
  const { pair } = known;
  if (pair === null || pair.clientId !== clientId) return rest(known);
  return after(
    [report({ type: 'signOutNoted', generation: pair.generation })],
    note(known, withSignOut(pair, now)),
  );
}

function note(known: Known, record: CredentialsRecord): Step {
  const noted: Known = { ...known, pair: record };
  const { pairVersion } = known;
  if (pairVersion === null) return check(noted, freshRun);
  return step(
    { kind: 'restoring', known: noted, run: freshRun, record, reason: 'newer' },
    { type: 'swapCredentials', expected: pairVersion, next: record },
  );
}
