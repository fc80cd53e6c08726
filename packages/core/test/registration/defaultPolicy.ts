import type { Policy } from '../../src/registration/policy.js';
import { defaultTiming } from '../../src/timing.js';

/** What servers run with. */
export const defaultPolicy: Policy = { ...defaultTiming.machine, ephemeral: false };
