import { defaultTiming } from '@pass-dcr/core/testing';
import type { Terms } from '../checks/History.js';

/** What core promises where no scenario has changed it. */
export const defaultTerms: Terms = {
  deadlineMs: defaultTiming.calls.deadlineMs,
  // Two processors for everything: what is a second late is late because of them.
  toleranceMs: 2_000,
  tokenLifeMs: 21_600_000,
  upstreamTimeoutMs: defaultTiming.machine.upstreamTimeoutMs,
  leaseMs: defaultTiming.machine.leaseMs,
  // The longest poll, with the most that chance adds.
  pollMs: defaultTiming.machine.pollMaxMs * 1.25,
  writesAreComplete: false,
};
