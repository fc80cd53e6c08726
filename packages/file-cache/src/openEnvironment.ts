import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isPassError, PassError } from '@pass-dcr/core';
import { open, type Database, type RootDatabase, type RootDatabaseOptionsWithPath } from 'lmdb';
import { Environment } from './Environment.js';
import { examineDataFile } from './examineDataFile.js';
import { attempts, LastTransaction, tooManyOpeners } from './LastTransaction.js';
import { freeAddressSpace, mapSizeFor } from './mapSize.js';
import { codeOf, reasonOf } from './reasonOf.js';

/** Of the layout of entries and keys. A file that says another one is not touched. */
const format = '1';

/** Every process takes one place, and a thread that reads takes another. */
const maxReaders = 1024;

/** @throws PassError `option_invalid`, `cache_format_unsupported`, `cache_unavailable`. Nothing in the folder is lost. */
export function openEnvironment(path: string): Environment {
  const root = openRoot(path);
  try {
    const last = new LastTransaction(root, path);
    return new Environment(path, root, openEntries(path, root, last), last);
  } catch (error) {
    root.close().catch(() => undefined);
    throw isPassError(error) ? error : cannotOpen(path, error);
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
    if (codeOf(error) !== 'EEXIST') {
      throw new PassError(
        'option_invalid',
        `fileCache: path cannot be created (${codeOf(error) ?? 'unknown'}), received ${path}`,
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
      `fileCache: path must be a folder that this process may write to (${codeOf(error) ?? 'unknown'}), received ${path}`,
      { cause: error },
    );
  }
}

function openRoot(path: string): RootDatabase<Buffer, string> {
  try {
    return open<Buffer, string>(optionsFor(path));
  } catch (error) {
    throw isPassError(error) ? error : cannotOpen(path, error);
  }
}

function optionsFor(path: string): RootDatabaseOptionsWithPath & { readonly permissionsMode: number } {
  const file = examineDataFile(path);
  if (file.kind === 'other') throw otherFormat(path);
  if (file.kind === 'cut')
    throw new Error(
      `data.mdb has ${file.bytes} bytes and should have ${file.expectedBytes} at least: put a whole backup in its place; nothing was changed`,
    );
  return {
    path,
    // Else a dot in the name of the folder makes lmdb-js take it for a file.
    noSubdir: false,
    maxDbs: 2,
    mapSize: mapSizeFor(file.bytes, freeAddressSpace()),
    maxReaders,
    encoding: 'binary',
    // With it a commit is acknowledged before it is on the disk, and a process that opens the file sets the number of the
    // last transaction back nearly every time: see LastTransaction.
    overlappingSync: false,
    // With it lmdb-js makes a promise of its own for each commit, which nobody can handle: the first commit that fails,
    // such as on a full disk, would end the process.
    eventTurnBatching: false,
    permissionsMode: 0o600,
  };
}

/** In one transaction: a newcomer that sees an older file must not make anew what another has just made. */
function openEntries(
  path: string,
  root: RootDatabase<Buffer, string>,
  last: LastTransaction,
): Database<Buffer, string> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const entries = root.transactionSync(() => {
      if (!last.standsOnLast()) return null;
      assertFormat(path, root.openDB<Buffer, string>('about', { encoding: 'binary' }));
      return root.openDB<Buffer, string>('entries', { encoding: 'binary' });
    });
    if (entries !== null) return entries;
  }
  throw tooManyOpeners();
}

function assertFormat(path: string, about: Database<Buffer, string>): void {
  const found = about.get('format')?.toString('utf8');
  if (found === undefined) about.putSync('format', Buffer.from(format, 'utf8'));
  else if (found !== format) throw otherFormat(path);
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
