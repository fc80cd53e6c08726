import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readHandOuts, type WorkerRecord } from './readHandOuts.js';

/** What one worker has logged, into a file of that folder, of requests that came after `since`. */
export function readWorker(folder: string, { name }: { readonly name: string }, since = 0): WorkerRecord {
  const { handOuts, refusals, settled } = readHandOuts(
    name,
    readFileSync(join(folder, `${name}.log`), 'utf8'),
  );
  return {
    handOuts: handOuts.filter(({ startedAt }) => startedAt >= since),
    refusals: refusals.filter(({ startedAt }) => startedAt >= since),
    settled: settled.filter(({ at }) => at >= since),
  };
}
