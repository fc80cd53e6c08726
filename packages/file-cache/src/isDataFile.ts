import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

const magic = Buffer.from('dec0efbe', 'hex');
/** Of LMDB's own layout, as lmdb 3 writes it. */
const dataVersion = 2;
const headerLength = 64;

/**
 * Whether LMDB can open what lies in the folder, if anything does. It has to be asked before: lmdb 3.5 does not report
 * a file that is none, or of another version, but ends the process with a segmentation fault.
 */
export function isDataFile(folder: string): boolean {
  const header = readHeader(join(folder, 'data.mdb'));
  if (header.length === 0) return true;
  // Its place depends on the width of addresses.
  const at = header.indexOf(magic);
  return at !== -1 && at + 8 <= header.length && header.readUInt32LE(at + 4) === dataVersion;
}

function readHeader(file: string): Buffer {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
  try {
    const header = Buffer.alloc(headerLength);
    return header.subarray(0, readSync(descriptor, header, 0, headerLength, 0));
  } finally {
    closeSync(descriptor);
  }
}
