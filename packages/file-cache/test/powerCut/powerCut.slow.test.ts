import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { crashStates, kinds, type CrashKind, type CrashState } from './crashStates.js';
import { StateOpener } from './StateOpener.js';
import { eventsIn, type TraceEvent } from './trace.js';

/** `npm run powercut` opens 10 000 and more. */
const states = Number(process.env['POWERCUT_STATES'] ?? 300);
const rounds = states > 1000 ? 220 : 40;
const seed = Number(process.env['POWERCUT_SEED'] ?? 1);

const traced = 'pwrite64,write,writev,fdatasync,lseek,openat';
const hasStrace =
  process.platform === 'linux' && spawnSync('strace', ['-f', '-e', 'trace=none', 'true']).status === 0;

/** The writes and flushes of a process with a file cache, and what it acknowledged, in their order. */
function recorded(): readonly TraceEvent[] {
  const folder = temporaryFolder();
  const path = join(folder, 'cache');
  mkdirSync(path);
  const [dataFile, acknowledged, trace] = [
    join(path, 'data.mdb'),
    join(folder, 'acknowledged'),
    join(folder, 'trace'),
  ];
  const load = fileURLToPath(new URL('load.mjs', import.meta.url));
  const how = [
    '-f',
    '-yy',
    '-xx',
    '-s',
    '4194304',
    '-e',
    `trace=${traced}`,
    '-P',
    dataFile,
    '-P',
    acknowledged,
  ];
  execFileSync('strace', [...how, '-o', trace, process.execPath, load, path, acknowledged, String(rounds)], {
    timeout: 120_000,
  });
  return eventsIn(readFileSync(trace, 'utf8'), dataFile);
}

/**
 * A state of each kind at least, and of all others so many that it is `count`. Made twice, once to count them: all of them
 * at once are more than there is memory.
 */
function* sample(make: () => Iterable<CrashState>, count: number): Generator<CrashState> {
  const all = Array.from(make(), ({ kind }) => kind);
  const every = Math.max(1, all.length / count);
  const rare = kinds.flatMap((kind) => [...all.keys()].filter((index) => all[index] === kind).slice(0, 8));
  const spread = Array.from({ length: Math.min(count, all.length) }, (_, index) => Math.floor(index * every));
  const chosen = new Set([...rare, ...spread]);
  let index = 0;
  for (const state of make()) {
    if (chosen.has(index)) yield state;
    index += 1;
  }
}

/** https://en.wikipedia.org/wiki/Linear_congruential_generator, with the constants of Numerical Recipes. */
function chanceOf(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const skipped = hasStrace ? '' : ' (needs strace, which cannot be run here)';

describe.skipIf(!hasStrace)(`a power cut${skipped}`, { timeout: states > 1000 ? 1_800_000 : 240_000 }, () => {
  it('loses nothing that was acknowledged; where the flush is not waited for it does', async () => {
    const events = recorded();
    const count = (type: TraceEvent['type']): number => events.filter((event) => event.type === type).length;
    expect(count('acknowledged')).toBeGreaterThan(rounds);
    expect(count('flushed')).toBeGreaterThan(2 * rounds);

    const opener = new StateOpener(temporaryFolder());
    onTestFinished(() => opener.close());
    const outcomes = new Map<CrashKind, number>(kinds.map((kind) => [kind, 0]));
    const wrong: string[] = [];
    let refused = 0;
    let opened = 0;
    for (const state of sample(() => crashStates(events, chanceOf(seed)), states)) {
      opened += 1;
      const outcome = await opener.open(state);
      outcomes.set(state.kind, (outcomes.get(state.kind) ?? 0) + 1);
      if (outcome.kind === 'refused') refused += 1;
      if (outcome.kind === 'killed' || (outcome.kind === 'opened' && outcome.missing.length > 0))
        wrong.push(`${state.kind}, after ${state.keys.length} keys: ${JSON.stringify(outcome)}`);
      // Nobody is served from it, and nothing says that it holds nothing; but it held what was acknowledged.
      if (outcome.kind === 'refused' && state.keys.length > 0)
        wrong.push(`${state.kind}: ${outcome.message}`);
    }
    const table = Array.from(outcomes, ([kind, times]) => `${times} × ${kind}`).join(', ');
    process.stdout.write(`power cut: ${opened} states opened, ${refused} refused; ${table}\n`);
    expect(wrong).toEqual([]);
    expect([...outcomes].filter(([, times]) => times === 0)).toEqual([]);

    let [tried, lost] = [0, 0];
    const late = (): Iterable<CrashState> => crashStates(events, chanceOf(seed), 6);
    for (const state of sample(late, Math.min(states / 3, 400))) {
      tried += 1;
      const outcome = await opener.open(state);
      if (outcome.kind !== 'opened' || outcome.missing.length > 0) lost += 1;
    }
    process.stdout.write(
      `power cut: without the wait for the flush, ${lost} of ${tried} states lose or refuse\n`,
    );
    expect(lost).toBeGreaterThan(0);
  });
});
