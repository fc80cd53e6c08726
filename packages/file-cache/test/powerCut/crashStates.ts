import type { TraceEvent } from './trace.js';

/** What a disk writes as a whole. */
const sectorBytes = 512;
const pageBytes = 4096;

export const kinds = [
  'nothing lost',
  'all lost that was not flushed',
  'a page lost',
  'a page torn',
  'a meta page lost',
  'both meta pages equal',
  'some sectors of each',
  'longer than what is in it',
] as const;

export type CrashKind = (typeof kinds)[number];

/** What a disk may hold after the power was cut. */
export interface CrashState {
  readonly kind: CrashKind;
  readonly bytes: Buffer;
  /** What had been acknowledged by then. */
  readonly keys: readonly string[];
}

type Write = TraceEvent & { readonly type: 'write' };

/**
 * States that the flushes allow, at every event of the trace: whatever was not flushed may be there or not, by sectors, in
 * any order. `chance`: from 0 to 1. `flushesLate`: of how many flushes the process has not waited for the last ones, which
 * is the control.
 */
export function* crashStates(
  events: readonly TraceEvent[],
  chance: () => number,
  flushesLate = 0,
): Generator<CrashState> {
  let disk: Buffer = Buffer.alloc(0);
  const keys: string[] = [];
  const unflushed = new Map<number, Write>();
  const waiting: (readonly number[])[] = [];
  for (const event of events) {
    switch (event.type) {
      case 'write':
        unflushed.set(event.id, event);
        break;
      case 'flushed': {
        waiting.push(event.ids);
        const ids = waiting.length > flushesLate ? (waiting.shift() ?? []) : [];
        // In the order in which they were written.
        for (const id of ids) {
          const write = unflushed.get(id);
          if (write !== undefined) disk = written(disk, write.at, write.bytes);
          unflushed.delete(id);
        }
        break;
      }
      case 'acknowledged':
        keys.push(...event.keys);
        break;
    }
    for (const { kind, bytes } of variants(disk, [...unflushed.values()], chance))
      yield { kind: areMetasEqual(bytes) ? 'both meta pages equal' : kind, bytes, keys: [...keys] };
  }
}

function* variants(
  disk: Buffer,
  unflushed: readonly Write[],
  chance: () => number,
): Generator<{ readonly kind: CrashKind; readonly bytes: Buffer }> {
  const sectors = unflushed.flatMap(({ at, bytes }) => sectorsOf(at, bytes));
  const all = apply(disk, sectors);
  if (unflushed.length === 0) return yield { kind: 'nothing lost', bytes: all };
  yield { kind: 'all lost that was not flushed', bytes: disk };
  yield { kind: 'nothing lost', bytes: all };
  const pages = [...new Set(sectors.map(({ at }) => Math.floor(at / pageBytes)))];
  for (const page of pages) {
    const isOf = ({ at }: Sector): boolean => Math.floor(at / pageBytes) === page;
    const kind = page < 2 ? 'a meta page lost' : 'a page lost';
    yield {
      kind,
      bytes: apply(
        disk,
        sectors.filter((sector) => !isOf(sector)),
      ),
    };
    if (sectors.filter(isOf).length > 1)
      yield {
        kind: 'a page torn',
        bytes: apply(
          disk,
          sectors.filter((sector) => !isOf(sector) || chance() < 0.5),
        ),
      };
  }
  for (let times = 0; times < 4; times += 1)
    yield {
      kind: 'some sectors of each',
      bytes: apply(
        disk,
        sectors.filter(() => chance() < 0.5),
      ),
    };
  // The length of a file may be on the disk before what is in it.
  const length = Math.max(disk.length, ...sectors.map(({ at, bytes }) => at + bytes.length));
  if (length > disk.length) yield { kind: 'longer than what is in it', bytes: Buffer.concat([disk], length) };
}

interface Sector {
  readonly at: number;
  readonly bytes: Buffer;
}

function sectorsOf(at: number, bytes: Buffer): readonly Sector[] {
  const sectors: Sector[] = [];
  for (let from = at; from < at + bytes.length;) {
    const to = Math.min(at + bytes.length, (Math.floor(from / sectorBytes) + 1) * sectorBytes);
    sectors.push({ at: from, bytes: bytes.subarray(from - at, to - at) });
    from = to;
  }
  return sectors;
}

function apply(disk: Buffer, sectors: readonly Sector[]): Buffer {
  const length = Math.max(disk.length, ...sectors.map(({ at, bytes }) => at + bytes.length));
  const result = Buffer.concat([disk], length);
  for (const { at, bytes } of sectors) bytes.copy(result, at);
  return result;
}

function written(disk: Buffer, at: number, bytes: Buffer): Buffer {
  return apply(disk, [{ at, bytes }]);
}

/** Apart from their page numbers. */
function areMetasEqual(bytes: Buffer): boolean {
  if (bytes.length < 2 * pageBytes) return false;
  return bytes.subarray(8, pageBytes).equals(bytes.subarray(pageBytes + 8, 2 * pageBytes));
}
