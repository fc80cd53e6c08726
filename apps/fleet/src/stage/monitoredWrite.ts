/** A line of `MONITOR`. `source`: `lua` for what a script does. */
export interface MonitoredCommand {
  /** Seconds since the epoch, with microseconds. */
  readonly time: string;
  readonly args: readonly string[];
  readonly source: string;
}

interface MonitoredWrite {
  readonly key: string;
  readonly at: number;
  readonly stamp: string | null;
}

/** What a command has done to credentials; `null`: nothing. Scripts are heard by what they call, not as such. */
export function writeOf({ time, args }: MonitoredCommand): MonitoredWrite | null {
  const [command = '', key = '', value = ''] = args;
  if (!isCredentialsKey(key)) return null;
  const at = Number(time) * 1_000;
  switch (command.toLowerCase()) {
    case 'set':
      return { key, at, stamp: stampOf(value) };
    case 'del':
    case 'unlink':
      return { key, at, stamp: null };
    default:
      return null;
  }
}

export function isCredentialsKey(key: string): boolean {
  return key.endsWith('}:c');
}

/** Sealed anew, a record has another beginning; one from a backup has its old one. */
export function stampOf(value: string | null): string | null {
  return value === null ? null : value.slice(0, 24);
}
