import { randomBytes } from 'node:crypto';

/** As long as Adobe's tokens get. */
const tokenLength = 900;

/** Random, so that nothing of it is shared or compressed. One flat string. */
export function randomToken(): string {
  return randomBytes((tokenLength * 3) / 4).toString('base64url');
}

/**
 * The identifier of the n-th device, 32 hexadecimal digits: always equal, always a new string whose hash nobody has
 * worked out yet, as it is when a request brings it. Decoded from bytes, because a concatenation would be a tree of
 * strings, and hexadecimal of a scrambled number, because devices do not come in the order of their names.
 */
export function deviceIdentifier(index: number): string {
  scratch.writeUInt32LE(Math.imul(index + 1, 0x9e3779b1) >>> 0, 0);
  scratch.writeUInt32LE(Math.imul(index + 1, 0x85ebca6b) >>> 0, 4);
  scratch.writeUInt32LE(Math.imul(index + 1, 0xc2b2ae35) >>> 0, 8);
  scratch.writeUInt32LE(index, 12);
  return scratch.toString('hex');
}

const scratch = Buffer.alloc(16);

/** Indexes below `count` in an order that no prefetcher foresees, the same in every run. */
export function randomIndexes(length: number, count: number, seed: number): number[] {
  let state = seed >>> 0 || 1;
  return Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % count;
  });
}
