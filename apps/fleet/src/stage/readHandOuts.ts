import type { HandOut, Refusal, Settled } from '../checks/History.js';
import type { LogLine, SettledLine } from '../worker/HandOutLog.js';

export interface WorkerRecord {
  readonly handOuts: readonly HandOut[];
  readonly refusals: readonly Refusal[];
  readonly settled: readonly Settled[];
}

/** The log of one worker. A worker that is killed may leave half a line, which nobody was answered by. */
export function readHandOuts(worker: string, text: string): WorkerRecord {
  const handOuts: HandOut[] = [];
  const refusals: Refusal[] = [];
  const settled: Settled[] = [];
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  for (const line of whole.split('\n').filter((each) => each !== '')) {
    const parsed = JSON.parse(line) as LogLine | SettledLine;
    if ('settledAt' in parsed) {
      const { settledAt: at, ...call } = parsed;
      settled.push({ worker, at, ...call });
    } else if ('code' in parsed) refusals.push({ worker, ...parsed });
    else handOuts.push({ worker, ...parsed });
  }
  return { handOuts, refusals, settled };
}
