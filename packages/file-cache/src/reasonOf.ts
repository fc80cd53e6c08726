import { constants } from 'node:os';

/** What helps against a write that the system refuses, by the name of its error. Nothing has to be restarted after it. */
const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: make room on it',
  EDQUOT: 'the quota of this user is used up: raise it, or make room',
  EFBIG: 'the file is as large as this process may write: raise its limit (ulimit -f)',
  // Also LMDB's word for a write that went through in part, as the first on a full disk may.
  EIO: 'the disk is full or broken: make room on it, and look into the log of the kernel',
  EROFS: 'the volume is mounted for reading only: look into the log of the kernel, and mount it for writing',
};

/** What a disk or LMDB says of itself, which holds no record. */
export function reasonOf(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null) return typeof cause;
  const message = 'message' in cause ? String(cause.message) : 'an error without a message';
  const name = 'code' in cause ? nameOf(cause.code) : undefined;
  if (isPanic(cause)) return `${message}: the file is opened anew`;
  if (name === undefined) return message;
  const remedy = remedies[name];
  return remedy === undefined ? `${name}, ${message}` : `${name}, ${remedy}`;
}

/** LMDB's word for an environment that takes no write any more, because a commit failed half-way. */
export function isPanic(cause: unknown): boolean {
  return (
    typeof cause === 'object' &&
    cause !== null &&
    'message' in cause &&
    String(cause.message).startsWith('MDB_PANIC')
  );
}

/** Of what Node throws, by its shape: under Jest it is an Error of another realm. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** lmdb-js hangs the reason of a failed commit on the error, as a promise that rejects with it. */
export async function causeOf(error: unknown): Promise<unknown> {
  if (typeof error !== 'object' || error === null || !('commitError' in error)) return error;
  try {
    await error.commitError;
    return error;
  } catch (reason) {
    return reason;
  }
}

/** Of an error of Node, which has its name as code, or of lmdb-js, which has the number. LMDB's own are negative. */
function nameOf(code: unknown): string | undefined {
  if (typeof code === 'string') return code in constants.errno ? code : undefined;
  return Object.entries(constants.errno).find(([, number]) => number === code)?.[0];
}
