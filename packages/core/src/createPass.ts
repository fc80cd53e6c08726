import { createPassWith } from './createPassWith.js';
import { createServerPassWith } from './createServerPassWith.js';
import type { ServerPass } from './management/ServerPass.js';
import type { PassOptions, ServerPassOptions } from './options.js';
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
export function createPass(options: ServerPassOptions): ServerPass;
export function createPass(options: PassOptions): Pass;
export function createPass(options: PassOptions | ServerPassOptions): Pass | ServerPass {
  // JavaScript may pass anything.
  const { identity } = (options ?? {}) as Partial<ServerPassOptions>;
  return identity === undefined
    ? createPassWith(options as PassOptions)
    : createServerPassWith(options as ServerPassOptions);
}
