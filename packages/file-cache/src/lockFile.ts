import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Of LMDB's own layout of `lock.mdb`, on every machine of 64 bits: a mark, a format, the number. */
const mark = 0xbeefc0de;
const numberAt = 8;
const headerLength = 16;

/**
 * Raises the number of the last transaction in the memory that all processes share to `last`, as LMDB does itself for a
 * writer that died. To be called with LMDB's write lock held, and with `last` read under it.
 */
export function raiseSharedNumber(folder: string, last: number): void {
  const file = join(folder, 'lock.mdb');
  if (!through(file, (descriptor) => raise(descriptor, BigInt(last)))) {
    throw new Error(
      'an opening process has set back the number of the last transaction, and lock.mdb cannot be reached',
    );
  }
}

function raise(descriptor: number, last: bigint): boolean {
  const header = Buffer.alloc(headerLength);
  if (readSync(descriptor, header, 0, headerLength, 0) < headerLength || header.readUInt32LE(0) !== mark)
    return false;
  // Another opener may have put it right meanwhile.
  if (header.readBigUInt64LE(numberAt) >= last) return true;
  header.writeBigUInt64LE(last, numberAt);
  writeSync(descriptor, header, numberAt, headerLength - numberAt, numberAt);
  return true;
}

/** Calls `use` with a descriptor of `file`, and says whether one did. */
function through(file: string, use: (descriptor: number) => boolean): boolean {
  if (process.platform !== 'win32') return descriptorsOf(file).some(use);
  const own = openSync(file, 'r+');
  try {
    return use(own);
  } finally {
    closeSync(own);
  }
}

/** LMDB's own: to close one of our own would, by the rules of POSIX, end the locks that the process has on the file. */
function descriptorsOf(file: string): number[] {
  const { dev, ino } = statSync(file, { bigint: true });
  return readdirSync('/dev/fd')
    .map(Number)
    .filter((descriptor) => {
      try {
        const found = fstatSync(descriptor, { bigint: true });
        return found.dev === dev && found.ino === ino;
      } catch {
        // The one with which the list was read is closed by now.
        return false;
      }
    });
}
