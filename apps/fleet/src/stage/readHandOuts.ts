import type { GivenUp, HandOut, Refusal } from '../checks/History.js';
import type { GivenUpLine, LogLine } from '../worker/HandOutLog.js';

export interface WorkerRecord {
  readonly handOuts: readonly HandOut[];
  readonly refusals: readonly Refusal[];
  readonly givenUp: readonly GivenUp[];
}

/** The log of one worker. A worker that is killed may leave half a line, which nobody was answered by. */
export function readHandOuts(worker: string, text: string): WorkerRecord {
  const handOuts: HandOut[] = [];
  const refusals: Refusal[] = [];
  const givenUp: GivenUp[] = [];
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  for (const line of whole.split('\n').filter((each) => each !== '')) {
    const parsed = JSON.parse(line) as LogLine | GivenUpLine;
    if ('gaveUpAt' in parsed) givenUp.push({ worker, device: parsed.device, at: parsed.gaveUpAt });
    else if ('code' in parsed) refusals.push({ worker, ...parsed });
    else handOuts.push({ worker, ...parsed });
  }
  return { handOuts, refusals, givenUp };
}
