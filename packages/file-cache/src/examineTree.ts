/** Of LMDB's own layout, as lmdb 3 writes it on machines of 64 bits: a page, and a node in it. */
const page = { number: 0, flags: 18, lower: 20, upper: 22, header: 24 } as const;
const node = { low: 0, high: 2, flags: 4, keySize: 6, header: 8 } as const;
const isBranch = 0x01;
const isLeaf = 0x02;
const isOverflow = 0x04;
const holdsDatabase = 0x02;
const isElsewhere = 0x01;

/** Where a database of a leaf or a meta page names its root. */
export const rootInDatabase = 40;
const databaseLength = 48;
const noRoot = 0xffff_ffff_ffff_ffffn;

/** Of some 100 000 devices: what is further down is not looked at, so that a large file opens quickly too. */
const pagesLookedAt = 20_000;

export interface TreePlace {
  readonly root: bigint;
  readonly pageSize: number;
  readonly lastPage: number;
  /** The bytes of a page; fewer where the file ends. */
  readonly readPage: (number: number) => Buffer;
}

/** The first page of the tree that is not what it should be, from its root downwards; `null`: none was found. */
export function damagedPage({ root, pageSize, lastPage, readPage }: TreePlace): number | null {
  const queue: number[] = root === noRoot ? [] : [Number(root)];
  for (let looked = 0; looked < queue.length && looked < pagesLookedAt; looked += 1) {
    const number = queue[looked] ?? 0;
    if (number < 2 || number > lastPage) return number;
    const children = childrenOf(readPage(number), number, pageSize);
    if (children === null) return number;
    queue.push(...children);
  }
  return null;
}

/** The pages that a page refers to; `null` where it is none, or not the one that it should be. */
function childrenOf(bytes: Buffer, number: number, pageSize: number): readonly number[] | null {
  if (bytes.length < pageSize || bytes.readBigUInt64LE(page.number) !== BigInt(number)) return null;
  const flags = bytes.readUInt16LE(page.flags);
  if ((flags & isOverflow) !== 0) return [];
  if ((flags & (isBranch | isLeaf)) === 0) return null;
  const [lower, upper] = [bytes.readUInt16LE(page.lower), bytes.readUInt16LE(page.upper)];
  if (lower > upper || upper > pageSize - page.header) return null;
  const children: number[] = [];
  for (let at = page.header; at < page.header + lower; at += 2) {
    const start = bytes.readUInt16LE(at) + page.header;
    if (start < page.header + upper || start + node.header > pageSize) return null;
    const found =
      (flags & isBranch) === 0 ? ofLeafNode(bytes, start, pageSize) : [ofBranchNode(bytes, start)];
    if (found === null) return null;
    children.push(...found);
  }
  return children;
}

function ofBranchNode(bytes: Buffer, start: number): number {
  const [low, high, top] = [node.low, node.high, node.flags].map((at) => bytes.readUInt16LE(start + at));
  return (low ?? 0) + (high ?? 0) * 2 ** 16 + (top ?? 0) * 2 ** 32;
}

function ofLeafNode(bytes: Buffer, start: number, pageSize: number): readonly number[] | null {
  const flags = bytes.readUInt16LE(start + node.flags);
  const dataAt = start + node.header + bytes.readUInt16LE(start + node.keySize);
  const dataLength = bytes.readUInt16LE(start + node.low) + bytes.readUInt16LE(start + node.high) * 2 ** 16;
  const inPage = (flags & isElsewhere) === 0 ? dataLength : 8;
  if (dataAt + inPage > pageSize) return null;
  if ((flags & isElsewhere) !== 0) return [Number(bytes.readBigUInt64LE(dataAt))];
  if ((flags & holdsDatabase) === 0) return [];
  if (dataLength < databaseLength) return null;
  const root = bytes.readBigUInt64LE(dataAt + rootInDatabase);
  return root === noRoot ? [] : [Number(root)];
}
