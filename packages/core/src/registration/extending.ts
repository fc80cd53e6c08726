import type { Effect } from './effect.js';
import type { EventOf } from './event.js';
import type { Policy } from './policy.js';
import type { Calling, Lease, Run, StateOf } from './state.js';
import { after, call, fail, report, step, type Step } from './step.js';

export function extendingLease(
  state: StateOf<'extendingLease'>,
  event: EventOf<'leaseSwapped'>,
  policy: Policy,
): Step {
  const { next, requestedAt } = state;
  const { result, now } = event;
  if (result.ok && result.version !== null) {
    const lease: Lease = { version: result.version, until: requestedAt + policy.leaseMs };
    return call({ ...next, lease }, now, policy);
  }
  // Lost while this process was held up: somebody else may be at it now.
  const lost = orphans(next);
  const run: Run = { ...next.run, polls: next.run.polls + 1 };
  return step({ kind: 'reading', known: next.known, run }, ...lost, { type: 'readRecords', strong: false });
}

export function extensionFailed(next: Calling, event: EventOf<'cacheFailed'>, policy: Policy): Step {
  if (next.kind === 'requestingToken') return call({ ...next, lease: null }, event.now, policy);
  return after(orphans(next), fail({ ...next, lease: null }, event.failure, event.now, policy));
}

/** A pair that was registered in the place of another, and now belongs to nobody. */
function orphans(next: Calling): readonly Effect[] {
  const isLost = next.kind === 'provingReplacement' || (next.kind === 'retryingSuspect' && next.isNew);
  return isLost ? [report({ type: 'credentialsOrphaned' })] : [];
}
