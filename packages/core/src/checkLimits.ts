import type { RateLimit } from './admission/RateLimiter.js';
import type { RegistrationLimits } from './admission/RegistrationBudget.js';
import type { OptionCheck } from './checkOptions.js';
import * as check from './optionChecks.js';
import type { PassLimits } from './options.js';
import { defaultLimits } from './timing.js';

export interface ResolvedLimits extends RegistrationLimits {
  readonly devices: number;
  readonly resourcesPerPreauthorize: number;
}

const rate = check.object<RateLimit>({
  burst: check.positiveInteger,
  perSecond: check.that(
    'must be a positive number',
    (value): value is number => typeof value === 'number' && Number.isFinite(value) && value > 0,
  ),
});

const limits = check.object<Record<keyof PassLimits, unknown> & ResolvedLimits>({
  devices: check.optional(check.positiveInteger, defaultLimits.devices),
  concurrentRegistrations: check.optional(check.positiveInteger, defaultLimits.concurrentRegistrations),
  queuedRegistrations: check.optional(check.positiveInteger, defaultLimits.queuedRegistrations),
  registrationsPerAddress: check.optional(rate, defaultLimits.registrationsPerAddress),
  registrationsPerProcess: check.optional(rate, defaultLimits.registrationsPerProcess),
  resourcesPerPreauthorize: check.optional(check.positiveInteger, defaultLimits.resourcesPerPreauthorize),
});

/** The limits with every default in place, also where none is given. */
export const checkLimits: OptionCheck<ResolvedLimits> = (value = {}, name) => limits(value, name);
