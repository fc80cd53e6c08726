import { readFileSync } from 'node:fs';

const mebibyte = 1024 ** 2;

/** Address space, not memory and not disk: room for some 20 million devices. The file grows as it is filled. */
export const usualBytes: number = 64 * 1024 * mebibyte;

/** Beneath it a map is of no use. */
const leastBytes = 64 * mebibyte;

/**
 * How much of the address space to map for a file of `dataBytes`, where `freeBytes` are left: half of that at most, for
 * the process needs the rest, and twice the file at least, so that it can grow.
 *
 * @throws where that does not fit; LMDB would end the process with a signal
 */
export function mapSizeFor(dataBytes: number, freeBytes: number): number {
  const bytes = Math.min(usualBytes, Math.floor(freeBytes / 2 / mebibyte) * mebibyte);
  const needed = Math.max(leastBytes, 2 * dataBytes);
  if (bytes >= needed || freeBytes === Infinity) return Math.max(bytes, needed);
  throw new Error(
    `the limit of the address space (ulimit -v) leaves ${toMiB(freeBytes)} MiB, and ${toMiB(2 * needed)} MiB are needed: raise it`,
  );
}

/** Of this process, in bytes; no limit is known but on Linux. */
export function freeAddressSpace(): number {
  if (process.platform !== 'linux') return Infinity;
  try {
    const limit = /^Max address space +([0-9]+) /m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    const usedKiB = /^VmSize:\s+([0-9]+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return limit === undefined ? Infinity : Math.max(0, Number(limit) - Number(usedKiB ?? 0) * 1024);
  } catch {
    return Infinity;
  }
}

function toMiB(bytes: number): number {
  return Math.floor(bytes / mebibyte);
}
