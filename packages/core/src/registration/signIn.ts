import { check } from './checking.js';
import type { EventOf } from './event.js';
import { withSignIn } from './marks.js';
import { freshRun, type Known, type Resting } from './state.js';
import { after, report, rest, step, type Step } from './step.js';

/**
 * A pair is worth most from the moment an answer shows a viewer's sign-in on it. That is in memory at once, and written in
 * the background; whatever becomes of the writing, the next time that this process stores the pair carries it.
 */
export function signInSeen({ known }: Resting, { clientId, now }: EventOf<'signInSeen'>): Step {
  const { pair, pairVersion } = known;
  if (pair === null || pair.clientId !== clientId) return rest(known);
  const record = withSignIn(pair, now);
  const noted: Known = { ...known, pair: record };
  const written =
    pairVersion === null
      ? check(noted, freshRun)
      : step(
          { kind: 'restoring', known: noted, run: freshRun, record, reason: 'newer' },
          { type: 'swapCredentials', expected: pairVersion, next: record },
        );
  return after([report({ type: 'signInNoted', generation: pair.generation })], written);
}
