import type { Effect } from './effect.js';
import type { EventOf } from './event.js';
import { asNotedBefore } from './marks.js';
import type { Policy } from './policy.js';
import { adoptPair, forgetPair, reconcile } from './reconcile.js';
import { freshRun, type Known, type Resting, type Run, type StateOf } from './state.js';
import { afterFailedWrite, report, rest, step, type Step } from './step.js';
import { stored } from './storing.js';

/*
 * A cache that fails over, is flushed or restored loses writes that it had acknowledged. Every process that knows a pair
 * then looks whether it is still there, and puts it back if not. It takes no lease: a swap decides, and nothing is
 * registered here.
 */

export function lossSuspected({ known }: Resting): Step {
  return known.pair === null && known.unpublished === null ? rest(known) : check(known, freshRun);
}

/** Looks what the cache has of the pair, and puts there what it lacks. */
export function check(known: Known, run: Run): Step {
  return step({ kind: 'checking', known, run }, { type: 'readRecords', strong: true });
}

export function checking(state: StateOf<'checking'>, event: EventOf<'recordsRead'>): Step {
  const { run } = state;
  const outcome = reconcile(state.known, event.credentials, event.now);
  switch (outcome.kind) {
    case 'register':
      // There is a pair in memory, or nothing would be checked.
      return rest(outcome.forgotten === null ? state.known : forgetPair(state.known));
    case 'unreadable':
      return rest(state.known, report({ type: 'recordUnreadable', record: 'credentials' }));
    case 'store': {
      const { record, expected, reason } = outcome;
      return step(
        { kind: 'restoring', known: state.known, run, record, reason },
        { type: 'swapCredentials', expected, next: record },
      );
    }
    case 'adopt': {
      const { record, version, orphaned } = outcome;
      const reports: Effect[] = [];
      if (orphaned) reports.push(report({ type: 'credentialsOrphaned' }));
      return rest(adoptPair(state.known, record, version), ...reports);
    }
  }
}

export function restoring(
  state: StateOf<'restoring'>,
  event: EventOf<'credentialsSwapped'>,
  policy: Policy,
): Step {
  const { known, record, reason } = state;
  const { result } = event;
  if (!result.ok) {
    const run = afterFailedWrite(state.run, policy);
    if (run === null) return rest(known);
    if (known.pair === null) return check(known, run);
    const { signInMarkFreshMs } = policy;
    return check(
      { ...known, pair: asNotedBefore(known.pair, result.current, signInMarkFreshMs, event.now) },
      run,
    );
  }
  return rest(adoptPair(known, record, result.version), ...stored(record, reason));
}

/** The cache did not say whether it has the pair; whoever comes next for a token may find out before it is asked again. */
export function unanswered({ known }: StateOf<'checking' | 'restoring'>): Step {
  return rest(known, { type: 'checkUnanswered' });
}
