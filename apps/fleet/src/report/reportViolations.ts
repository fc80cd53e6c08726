import { groupBy } from '../checks/groupBy.js';
import type { Violation } from '../checks/History.js';
import type { Claims } from './Claims.js';

const mostShown = 5;

/** A claim for each invariant that is violated, or one for all. */
export function reportViolations(claims: Claims, violations: readonly Violation[]): void {
  if (violations.length === 0) {
    claims.claim('I1–I7 and I9, from ledger, hand-outs and Redis', true, 'no violation');
    return;
  }
  for (const [invariant, found] of groupBy(violations, (violation) => violation.invariant)) {
    const shown = found.slice(0, mostShown).map(({ message }) => message);
    const more = found.length > mostShown ? [`and ${found.length - mostShown} more`] : [];
    claims.claim(invariant, false, [...shown, ...more].join('; '));
  }
}
