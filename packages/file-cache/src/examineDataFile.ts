import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { damagedPage, rootInDatabase } from './examineTree.js';
import { codeOf } from './reasonOf.js';

const magic = Buffer.from('dec0efbe', 'hex');
/** Of LMDB's own layout, as lmdb 3 writes it. */
const dataVersion = 2;
const headerLength = 64;

/** Where the mark of a meta page stands on machines of 64 bits, and how far behind it what else is needed. */
const markAt = 24;
const pageSizeAfter = 24;
/** Of the tree that names the others; the one before it is of free pages. */
const mainDatabaseAfter = 72;
const lastPageAfter = 120;
const numberAfter = 128;
const metaLength = 136;

/** LMDB leaves out pages at the end that a transaction took and gave back: so many missing ones are no damage. */
const toleratedPages = 8;

/** Where others write all the time, a look may never find the file at rest. */
const looks = 5;

/** What lies in a folder: a file of LMDB or none yet, one of another program or version, or less than was written. */
export type DataFileState =
  | { readonly kind: 'usable'; readonly bytes: number }
  | { readonly kind: 'other' }
  | { readonly kind: 'cut'; readonly bytes: number; readonly expectedBytes: number }
  | { readonly kind: 'damaged'; readonly page: number };

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
  if (at !== markAt) return { kind: 'usable', bytes: fstatSync(descriptor).size };
  const pageSize = header.readUInt32LE(at + pageSizeAfter);
  // The length comes last: LMDB writes pages before the meta page that counts them.
  const expectedBytes = lengthBy(newestMeta(descriptor, pageSize), pageSize);
  const bytes = fstatSync(descriptor).size;
  if (bytes < expectedBytes) return { kind: 'cut', bytes, expectedBytes };
  const page = firstDamage(descriptor, pageSize);
  return page === null ? { kind: 'usable', bytes } : { kind: 'damaged', page };
}

interface Meta {
  /** Of the transaction that wrote it. */
  readonly number: bigint;
  readonly lastPage: number;
  /** Of the tree that names the others. */
  readonly root: bigint;
}

/** The newer of the two; both have to be there. */
function newestMeta(descriptor: number, pageSize: number): Meta | null {
  const metas = [0, pageSize].map((page) => readAt(descriptor, page + markAt, metaLength));
  if (metas.some((meta) => meta.length < metaLength)) return null;
  const [first, second] = metas.map((meta) => ({
    number: meta.readBigUInt64LE(numberAfter),
    lastPage: Number(meta.readBigUInt64LE(lastPageAfter)),
    root: meta.readBigUInt64LE(mainDatabaseAfter + rootInDatabase),
  }));
  if (first === undefined || second === undefined) return null;
  return first.number > second.number ? first : second;
}

function lengthBy(meta: Meta | null, pageSize: number): number {
  const pages = meta === null ? 2 : Math.max(2, meta.lastPage + 1 - toleratedPages);
  return pages * pageSize;
}

/** LMDB uses a page again that a transaction has given up once a later one is written: then it is no damage. */
function firstDamage(descriptor: number, pageSize: number): number | null {
  for (let look = 0; look < looks; look += 1) {
    const meta = newestMeta(descriptor, pageSize);
    if (meta === null) return 0;
    const { root, lastPage } = meta;
    const readPage = (number: number): Buffer => readAt(descriptor, number * pageSize, pageSize);
    const page = damagedPage({ root, pageSize, lastPage, readPage });
    if (page === null || newestMeta(descriptor, pageSize)?.number === meta.number) return page;
  }
  return null;
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
