import { slotOfTag } from '../cache/clusterSlot.js';

/*
 * A Redis Cluster loses what one of its nodes had, which is a range of slots. So devices are told apart by 64 ranges of
 * slots, as the Cluster counts them; other caches lose all ranges alike, or what was written last in each.
 */

export const rangeCount = 64;
const slotsPerRange = 256;

export type Ranges = ReadonlySet<number>;

/** All of them. */
export const everyRange: readonly number[] = Array.from({ length: rangeCount }, (_, range) => range);

export const noRanges: Ranges = new Set();

/** The range of a device, by its tag. */
export function rangeOf(tag: string): number {
  return Math.floor(slotOfTag(tag) / slotsPerRange);
}

/** The range and those beside it: the slots of a node end anywhere. */
export function around(range: number): readonly number[] {
  return [range - 1, range, range + 1].filter((each) => each >= 0 && each < rangeCount);
}

export function union(one: Ranges, other: Iterable<number>): Ranges {
  return new Set([...one, ...other]);
}

/** A bit for each range, as 16 hexadecimal digits. */
export function toHex(ranges: Iterable<number>): string {
  let bits = 0n;
  for (const range of ranges) bits |= 1n << BigInt(range);
  return bits.toString(16).padStart(rangeCount / 4, '0');
}

/** What is no such text names none. */
export function fromHex(text: unknown): Ranges {
  if (typeof text !== 'string' || !/^[0-9a-f]{16}$/.test(text)) return noRanges;
  const bits = BigInt(`0x${text}`);
  return new Set(everyRange.filter((range) => (bits >> BigInt(range)) & 1n));
}
