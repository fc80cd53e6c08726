import { resolve } from 'node:path';
import {
  check,
  checkOptions,
  isPassError,
  PassError,
  type CacheFinding,
  type PassCache,
} from '@pass-dcr/core';
import { folderFindings, writeFindings } from './folderFindings.js';
import { reasonOf } from './reasonOf.js';
import { holdEnvironment } from './sharedEnvironments.js';
import { within } from './within.js';

/** A write, and a strong read, may have to wait for those of other processes. */
const defaultTimeoutMs = 2000;

export interface FileCacheOptions {
  /**
   * A folder on a local disk that survives the process, such as `/var/lib/my-server/pass`. Made (mode 700) if only its
   * last part is missing. Two files in it belong to the cache.
   */
  readonly path: string;
}

const checks = {
  path: check.that(
    'must be the name of a folder',
    (value): value is string => typeof value === 'string' && value !== '',
  ),
} satisfies Readonly<Record<keyof FileCacheOptions, unknown>>;

/**
 * A cache in a folder, for the processes of one host: they share devices, and everything survives restarts and crashes.
 * It needs a local disk: not a network file system, and not several hosts.
 *
 * A write without an expiry has reached the disk when it is acknowledged. Opening a folder twice in one process shares
 * it; it is closed with the last of them.
 *
 * @throws PassError `option_invalid`, `cache_format_unsupported`, `cache_unavailable`
 * @example
 * const cache = fileCache({ path: '/var/lib/my-server/pass' });
 */
export function fileCache(options: FileCacheOptions): PassCache {
  const { path } = checkOptions(options, checks, {
    whole: 'fileCache: the options',
    shape: 'an object with path',
    prefix: 'fileCache: ',
  });
  const { environment, release } = holdEnvironment(resolve(path));
  let open = true;
  const assertOpen = (): void => {
    if (!open)
      throw new PassError('cache_unavailable', 'fileCache: the cache is closed', { retryable: false });
  };

  return {
    scope: 'host',

    async read(keys, { strong = false, timeoutMs = defaultTimeoutMs } = {}) {
      assertOpen();
      try {
        return strong ? await within(timeoutMs, environment.readLatest(keys)) : environment.read(keys);
      } catch (error) {
        throw failed('read', error);
      }
    },

    async swap(key, expected, next, { timeoutMs = defaultTimeoutMs } = {}) {
      assertOpen();
      try {
        return await within(timeoutMs, environment.swap(key, expected, next));
      } catch (error) {
        throw failed('written', error);
      }
    },

    async *keys(prefix) {
      assertOpen();
      try {
        for await (const batch of environment.keys(prefix)) {
          yield batch;
          assertOpen();
        }
      } catch (error) {
        throw isPassError(error) ? error : failed('read', error);
      }
    },

    async check() {
      try {
        assertOpen();
        return [...writeFindings(await environment.failure()), ...(await folderFindings(environment.path))];
      } catch (error) {
        const finding: CacheFinding = {
          level: 'error',
          code: 'file_cache_unusable',
          message: reasonOf(error),
        };
        return [finding];
      }
    },

    async close() {
      open = false;
      await release();
    },
  };
}

function failed(done: 'read' | 'written', cause: unknown): PassError {
  const message = `fileCache: the file could not be ${done}: ${reasonOf(cause)}`;
  return new PassError('cache_unavailable', message, { cause });
}
