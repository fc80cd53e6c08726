/** What happened to the data file, in order, and what the process said meanwhile. */
export type TraceEvent =
  | { readonly type: 'write'; readonly id: number; readonly at: number; readonly bytes: Buffer }
  /** These writes are on the disk from here on. */
  | { readonly type: 'flushed'; readonly ids: readonly number[] }
  /** The process has said that these keys are stored. */
  | { readonly type: 'acknowledged'; readonly keys: readonly string[] };

/**
 * The trace that strace wrote with `-f -yy -xx`. A call that another thread interrupts stands in two lines. A write through
 * a descriptor with O_DSYNC is on the disk when it returns; every other one when an fdatasync that began after it returns.
 */
export function eventsIn(text: string, dataFile: string): readonly TraceEvent[] {
  const events: TraceEvent[] = [];
  const synchronous = new Set<string>();
  const places = new Map<string, number>();
  const begun = new Map<string, { readonly call: Call; readonly ids: readonly number[] }>();
  let lastId = 0;
  let pending: number[] = [];

  const begin = (call: Call): readonly number[] => {
    if (call.file !== dataFile || call.name === 'openat') return [];
    if (call.name === 'fdatasync') return [...pending];
    if (call.name === 'lseek') {
      places.set(call.descriptor, numberAfter(call.text, '>, '));
      return [];
    }
    const bytes = bytesIn(call.text);
    const at =
      call.name === 'pwrite64' ? lastArgument(call.text) : (places.get(call.descriptor) ?? Number.NaN);
    if (Number.isNaN(at)) throw new Error(`a ${call.name} whose place is not known`);
    if (call.name === 'writev') places.set(call.descriptor, at + bytes.length);
    lastId += 1;
    events.push({ type: 'write', id: lastId, at, bytes });
    pending.push(lastId);
    return [lastId];
  };
  const end = (call: Call, ids: readonly number[], result: number): void => {
    if (call.name === 'openat') {
      if (call.file === dataFile && call.text.includes('O_DSYNC')) synchronous.add(String(result));
    } else if (result < 0) {
      throw new Error(`a ${call.name} failed while it was recorded`);
    } else if (call.file !== dataFile) {
      const keys = bytesIn(call.text)
        .toString('utf8')
        .split('\n')
        .filter((key) => key !== '');
      events.push({ type: 'acknowledged', keys });
    } else if (call.name === 'fdatasync' || synchronous.has(call.descriptor)) {
      events.push({ type: 'flushed', ids });
      pending = pending.filter((id) => !ids.includes(id));
    }
  };

  for (const line of text.split('\n')) {
    const [, pid = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const resumed = /^<\.\.\. \w+ resumed>.*= (-?\d+)/.exec(rest);
    const open = begun.get(pid);
    if (resumed !== null && open !== undefined) {
      end(open.call, open.ids, Number(resumed[1]));
      begun.delete(pid);
    }
    const call = resumed === null ? callIn(rest) : null;
    if (call === null) continue;
    const ids = begin(call);
    if (rest.endsWith('<unfinished ...>')) begun.set(pid, { call, ids });
    else end(call, ids, numberAfter(rest, ') = '));
  }
  return events;
}

interface Call {
  readonly name: string;
  readonly descriptor: string;
  readonly file: string;
  readonly text: string;
}

const hexText = String.raw`(?:\\x[0-9a-f]{2})*`;
const callPattern = new RegExp(String.raw`^(pwrite64|write|writev|fdatasync|lseek)\((\d+)<(${hexText})>`);
const openPattern = new RegExp(String.raw`^openat\([^,]*, "(${hexText})"`);

function callIn(line: string): Call | null {
  const [, name = '', descriptor = '', file = ''] = callPattern.exec(line) ?? [];
  if (name !== '') return { name, descriptor, file: bytesOf(file).toString('utf8'), text: line };
  const [, opened] = openPattern.exec(line) ?? [];
  if (opened === undefined) return null;
  return { name: 'openat', descriptor: '', file: bytesOf(opened).toString('utf8'), text: line };
}

function bytesIn(text: string): Buffer {
  return Buffer.concat(
    Array.from(text.matchAll(new RegExp(`"(${hexText})"`, 'g')), ([, hex = '']) => bytesOf(hex)),
  );
}

function lastArgument(text: string): number {
  const [, at] = /, (\d+)(?:\)| <unfinished)/.exec(text.slice(text.lastIndexOf('"'))) ?? [];
  return Number(at ?? Number.NaN);
}

function numberAfter(text: string, mark: string): number {
  return Number.parseInt(text.slice(text.lastIndexOf(mark) + mark.length), 10);
}

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex.replaceAll('\\x', ''), 'hex');
}
