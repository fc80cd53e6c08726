import { createPassWith } from './createPassWith.js';
import type { PassOptions } from './options.js';
import type { Pass } from './Pass.js';

/**
 * Gives every device an authenticated Adobe Pass client. Checks the options and does no I/O: the first request does.
 * Create one per process and registered application, share it, and `close()` it at the end.
 *
 * @throws PassError `option_invalid`, `secret_too_short`, `software_statement_malformed`
 * @example
 * const pass = createPass({
 *   softwareStatement: process.env.PASS_SOFTWARE_STATEMENT ?? '',
 *   serviceProvider: 'REF30',
 *   environment: 'release-production',
 *   application: 'tv',
 *   cache: fileCache({ path: '/var/lib/my-service/pass' }),
 *   secret: process.env.PASS_SECRET,
 * });
 */
export function createPass(options: PassOptions): Pass {
  return createPassWith(options);
}
