import { defaultPolicy } from '@pass-dcr/core/testing';
import type { Terms } from '../checks/History.js';

/** What core promises where no scenario has changed it. */
export const defaultTerms: Terms = {
  deadlineMs: 15_000,
  // Two processors for everything: what is a second late is late because of them.
  toleranceMs: 2_000,
  tokenLifeMs: 21_600_000,
  upstreamTimeoutMs: defaultPolicy.upstreamTimeoutMs,
  leaseMs: defaultPolicy.leaseMs,
  // The longest poll, with the most that chance adds.
  pollMs: defaultPolicy.pollMaxMs * 1.25,
  writesAreComplete: false,
};
