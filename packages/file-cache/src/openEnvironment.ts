import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { PassError } from '@pass-dcr/core';
import { open, type RootDatabase, type RootDatabaseOptionsWithPath } from 'lmdb';
import { Environment } from './Environment.js';
import { isDataFile } from './isDataFile.js';
import { reasonOf } from './reasonOf.js';

/** Of the layout of entries and keys. A file that says another one is not touched. */
const format = '1';

/** Address space, not memory and not disk: room for some 20 million devices. The file grows as it is filled. */
const mapSize = 64 * 1024 ** 3;

/** Every process takes one place, and a thread that reads takes another. */
const maxReaders = 1024;

/** @throws PassError `option_invalid`, `cache_format_unsupported`, `cache_unavailable`. Nothing in the folder is lost. */
export function openEnvironment(path: string): Environment {
  const root = openRoot(path);
  try {
    assertFormat(path, root);
    return new Environment(path, root, root.openDB<Buffer, string>('entries', { encoding: 'binary' }));
  } catch (error) {
    root.close().catch(() => undefined);
    throw error instanceof PassError ? error : cannotOpen(path, error);
  }
}

/** Makes the last part of `path` at most: a missing parent is more likely a volume that is not mounted. */
export function ensureFolder(path: string): void {
  const parent = statSync(dirname(path), { throwIfNoEntry: false });
  if (parent === undefined) {
    throw new PassError(
      'option_invalid',
      `fileCache: path lies in ${dirname(path)}, which does not exist: create it, or mount the volume, received ${path}`,
    );
  }
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) {
      throw new PassError(
        'option_invalid',
        `fileCache: path cannot be created (${codeOf(error)}), received ${path}`,
        { cause: error },
      );
    }
  }
  if (!statSync(path).isDirectory()) {
    throw new PassError('option_invalid', `fileCache: path must be a folder, received the file ${path}`);
  }
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new PassError(
      'option_invalid',
      `fileCache: path must be a folder that this process may write to (${codeOf(error)}), received ${path}`,
      { cause: error },
    );
  }
}

function openRoot(path: string): RootDatabase<Buffer, string> {
  const options: RootDatabaseOptionsWithPath & { readonly permissionsMode: number } = {
    path,
    // Else a dot in the name of the folder makes lmdb-js take it for a file.
    noSubdir: false,
    maxDbs: 2,
    mapSize,
    maxReaders,
    encoding: 'binary',
    // A process that opens the file sets the transaction number that all share to the one that it has read before; with
    // this option it reads the last but one, and what others have just committed is overwritten nearly every time.
    overlappingSync: false,
    permissionsMode: 0o600,
  };
  try {
    if (!isDataFile(path)) throw otherFormat(path);
    return open<Buffer, string>(options);
  } catch (error) {
    throw error instanceof PassError ? error : cannotOpen(path, error);
  }
}

function assertFormat(path: string, root: RootDatabase<Buffer, string>): void {
  const about = root.openDB<Buffer, string>('about', { encoding: 'binary' });
  const found = about.transactionSync(() => {
    const marker = about.get('format')?.toString('utf8');
    if (marker === undefined) about.putSync('format', Buffer.from(format, 'utf8'));
    return marker ?? format;
  });
  if (found !== format) throw otherFormat(path);
}

function otherFormat(path: string): PassError {
  return new PassError(
    'cache_format_unsupported',
    `fileCache: ${path} was written in another format, by a newer version or another program: deploy that version again, or use another folder; nothing was changed`,
  );
}

function cannotOpen(path: string, cause: unknown): PassError {
  return new PassError('cache_unavailable', `fileCache: ${path} cannot be opened: ${reasonOf(cause)}`, {
    cause,
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
