import { randomInt } from 'node:crypto';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { isMainThread, Worker } from 'node:worker_threads';
import { controls } from './controls.js';
import { faults, noFaults } from './faults.js';
import { keptSchedules } from './keptSchedules.js';
import { againText, plannedRuns, type PlannedRun } from './plannedRuns.js';
import { Schedule, type ScheduleResult } from './Schedule.js';

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    /** Half of the schedules are of a seed that is drawn, and printed. */
    drawn: { type: 'boolean', default: false },
    /** One schedule alone, with its trace. */
    schedule: { type: 'string' },
  },
});

/** Schedules that a control may take to be found. */
const controlSchedules = 6_000;
/** Schedules that are run twice, to see that a seed says everything. */
const repeatedSchedules = 25;

function wholeNumber(option: 'schedules' | 'seed' | 'schedule', text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new Error(`--${option} must be a whole number, received ${JSON.stringify(text)}`);
}

const count = wholeNumber('schedules', values.schedules);
const seed = wholeNumber('seed', values.seed);

function printTrace({ trace, violation }: ScheduleResult): void {
  console.log(trace.join('\n'));
  if (violation !== null) console.log(`\n${violation.invariant}: ${violation.message}`);
}

async function traceOf(schedule: number, ofSeed = seed): Promise<ScheduleResult> {
  return await new Schedule({ seed: ofSeed, schedule, traced: true }).run();
}

interface Failing {
  readonly seed: number;
  readonly schedule: number;
}

async function runAll(): Promise<Failing | undefined> {
  const drawn = values.drawn ? randomInt(2, 1_000_000_000) : null;
  for (const planned of plannedRuns({ seed, count, drawn, kept: keptSchedules })) {
    const failed = await runSchedules(planned);
    if (failed !== undefined) return { seed: planned.seed, schedule: failed };
  }
  return undefined;
}

/** The schedule that went wrong. */
async function runSchedules({
  seed: ofSeed,
  from,
  count: many,
  why,
}: PlannedRun): Promise<number | undefined> {
  const started = performance.now();
  const counts = noFaults();
  const totals = { steps: 0, calls: 0, registrations: 0, replacements: 0 };
  for (let schedule = from; schedule < from + many; schedule += 1) {
    const result = await new Schedule({ seed: ofSeed, schedule }).run();
    if (result.violation !== null) return schedule;
    totals.steps += result.steps;
    totals.calls += result.calls;
    totals.registrations += result.registrations;
    totals.replacements += result.replacements;
    for (const fault of faults) counts[fault] += result.counts[fault];
  }
  const seconds = (performance.now() - started) / 1_000;
  console.log(
    `${many} schedules of seed ${ofSeed} (${why}): ${totals.steps} steps, ${totals.calls} calls, ` +
      `${totals.registrations} registrations, ${totals.replacements} replacements, ${seconds.toFixed(1)} s, no violation`,
  );
  console.log(`faults: ${faults.map((fault) => `${fault} ${counts[fault]}`).join(', ')}`);
  const missing = faults.filter((fault) => many >= 1_000 && counts[fault] === 0);
  if (missing.length > 0) {
    console.log(`never happened: ${missing.join(', ')}`);
    process.exitCode = 1;
  }
  return undefined;
}

async function runControls(): Promise<void> {
  for (const { name, broken, faults: allowed, expected } of controls) {
    let found: ScheduleResult | undefined;
    let schedule = 0;
    for (; schedule < controlSchedules && found === undefined; schedule += 1) {
      const result = await new Schedule({ seed, schedule, broken, faults: allowed }).run();
      if (result.violation !== null && expected.includes(result.violation.invariant)) found = result;
    }
    if (found === undefined) process.exitCode = 1;
    const outcome =
      found === undefined
        ? `NOT found in ${controlSchedules} schedules`
        : `${found.violation?.invariant} after ${schedule} schedules, ${found.steps} steps`;
    console.log(`control: ${name}: ${outcome}`);
  }
}

async function runTwice(): Promise<void> {
  for (let schedule = 0; schedule < repeatedSchedules; schedule += 1) {
    const [once, again] = [await traceOf(schedule), await traceOf(schedule)];
    const at = once.trace.findIndex((line, index) => line !== again.trace[index]);
    if (at === -1 && once.trace.length === again.trace.length) continue;
    console.log(`schedule ${schedule} is not the same twice, from line ${at + 1}:`);
    console.log(`${once.trace[at]}\n${again.trace[at]}`);
    process.exitCode = 1;
    return;
  }
  console.log(`repeated: ${repeatedSchedules} schedules gave the same trace twice`);
}

/** Each schedule leaves a small fleet to the garbage collector: a large nursery spares it a fifth of the time. */
const resourceLimits = { maxYoungGenerationSizeMb: 96 };

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url), { argv: process.argv.slice(2), resourceLimits });
  worker.on('exit', (code) => {
    process.exitCode = code;
  });
} else {
  await run();
}

async function run(): Promise<void> {
  if (values.schedule === undefined) {
    await runControls();
    await runTwice();
    const failed = await runAll();
    if (failed !== undefined) {
      printTrace(await traceOf(failed.schedule, failed.seed));
      console.log(`\n${againText(failed.seed, failed.schedule)}`);
      process.exitCode = 1;
    }
  } else {
    const result = await traceOf(wholeNumber('schedule', values.schedule));
    printTrace(result);
    if (result.violation !== null) process.exitCode = 1;
  }
}
