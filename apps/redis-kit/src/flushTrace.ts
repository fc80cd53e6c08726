import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a server has done to its append-only file. */
export interface Flushes {
  /** How much of the file had been written when the last flush of it began that has ended. */
  readonly bytes: number;
  /** How many flushes have ended. */
  readonly count: number;
}

/** A program that runs a server under strace, with the process identifier of the server. */
export interface TracedServer {
  readonly program: string;
  /** What it has flushed since it was started first. */
  readonly flushes: () => Flushes;
  /** Once it has been killed: its file as a power cut leaves it that spares only what was flushed. */
  readonly cutToFlushed: () => void;
}

/** Whether strace can be run here: containers may forbid it. */
export function canTrace(): boolean {
  return spawnSync('strace', ['-D', '-e', 'trace=none', 'true']).status === 0;
}

/** For a server with the folder `dir` and an append-only file, which is killed once. */
export function traced(program: string, dir: string): TracedServer {
  const trace = join(dir, 'trace');
  const script = join(dir, 'server.sh');
  const command = `strace -D -f -yy -s 0 -e trace=write,fdatasync,fsync -o '${trace}' '${program}'`;
  writeFileSync(script, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
  const flushes = (): Flushes => flushesIn(readFileSync(trace, 'utf8'));
  return {
    program: script,
    flushes,
    cutToFlushed() {
      const files = join(dir, 'appendonlydir');
      const [file = ''] = readdirSync(files).filter((name) => name.endsWith('.incr.aof'));
      truncateSync(join(files, file), flushes().bytes);
    },
  };
}

interface Begun {
  readonly name: string;
  /** What had been written by then. */
  readonly at: number;
}

/** @internal Of the lines that strace has written. */
export function flushesIn(trace: string): Flushes {
  let written = 0;
  let bytes = 0;
  let count = 0;
  const begun = new Map<string, Begun>();
  const end = (call: Begun, result: number): void => {
    if (call.name === 'write') written += Math.max(0, result);
    else if (result === 0) {
      count += 1;
      bytes = Math.max(bytes, call.at);
    }
  };
  for (const line of trace.split('\n')) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    // A call of a process that was killed has none.
    const result = Number(/= (-?\d+)/.exec(rest)?.[1] ?? -1);
    if (rest.includes(' resumed>')) {
      const call = begun.get(thread);
      if (call !== undefined) end(call, result);
      begun.delete(thread);
      continue;
    }
    const [, name] = /^(write|fdatasync|fsync)\(\d+<[^>]*\.incr\.aof>/.exec(rest) ?? [];
    if (name === undefined) continue;
    const call = { name, at: written };
    if (rest.endsWith('<unfinished ...>')) begun.set(thread, call);
    else end(call, result);
  }
  return { bytes, count };
}
