import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from './reasonOf.js';

const magic = Buffer.from('dec0efbe', 'hex');
/** Of LMDB's own layout, as lmdb 3 writes it. */
const dataVersion = 2;
const headerLength = 64;

/** Where the mark of a meta page stands on machines of 64 bits, and how far behind it what else is needed. */
const markAt = 24;
const pageSizeAfter = 24;
const lastPageAfter = 120;
const numberAfter = 128;
const metaLength = 136;

/** LMDB leaves out pages at the end that a transaction took and gave back: so many missing ones are no damage. */
const toleratedPages = 8;

/** What lies in a folder: a file of LMDB or none yet, one of another program or version, or less than was written. */
export type DataFileState =
  | { readonly kind: 'usable'; readonly bytes: number }
  | { readonly kind: 'other' }
  | { readonly kind: 'cut'; readonly bytes: number; readonly expectedBytes: number };

/**
 * Whether LMDB can open what lies in the folder, if anything does. It has to be asked before: lmdb 3.5 does not report
 * a file that is none, of another version or cut, but ends the process with a signal.
 */
export function examineDataFile(folder: string): DataFileState {
  const descriptor = openIfThere(join(folder, 'data.mdb'));
  if (descriptor === null) return { kind: 'usable', bytes: 0 };
  try {
    return examine(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function examine(descriptor: number): DataFileState {
  const header = readAt(descriptor, 0, headerLength);
  if (header.length === 0) return { kind: 'usable', bytes: 0 };
  // Its place depends on the width of addresses.
  const at = header.indexOf(magic);
  if (at === -1 || at + 8 > header.length || header.readUInt32LE(at + 4) !== dataVersion)
    return { kind: 'other' };
  // The length comes last: LMDB writes pages before the meta page that counts them.
  const expectedBytes =
    at === markAt ? lengthByMetaPages(descriptor, header.readUInt32LE(at + pageSizeAfter)) : 0;
  const bytes = fstatSync(descriptor).size;
  return bytes < expectedBytes ? { kind: 'cut', bytes, expectedBytes } : { kind: 'usable', bytes };
}

/** By the newer of the two; both have to be there. */
function lengthByMetaPages(descriptor: number, pageSize: number): number {
  const metas = [0, pageSize].map((page) => readAt(descriptor, page + markAt, metaLength));
  if (metas.some((meta) => meta.length < metaLength)) return 2 * pageSize;
  const [first, second] = metas.map((meta) => ({
    number: meta.readBigUInt64LE(numberAfter),
    pages: Number(meta.readBigUInt64LE(lastPageAfter)) + 1,
  }));
  if (first === undefined || second === undefined) return 2 * pageSize;
  const { pages } = first.number > second.number ? first : second;
  return Math.max(2, pages - toleratedPages) * pageSize;
}

function readAt(descriptor: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(descriptor, bytes, 0, length, position));
}

function openIfThere(file: string): number | null {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}
