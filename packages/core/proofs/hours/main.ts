import process from 'node:process';
import { parseArgs } from 'node:util';
import { rowsOf, situationsOf, type Row } from './run.js';
import type { Scale } from './Situation.js';

const { values } = parseArgs({
  options: {
    /** One situation, or several. */
    situation: { type: 'string', multiple: true },
    /** Smaller fleets, and five minutes. */
    short: { type: 'boolean', default: false },
  },
});

const scale: Scale = values.short ? 'short' : 'full';
const known = situationsOf(scale).map(({ name }) => name);
const unknown = values.situation?.find((name) => !known.includes(name));
if (unknown !== undefined)
  throw new Error(`--situation must be one of ${known.join(', ')}, received ${JSON.stringify(unknown)}`);

let last: string | undefined;
const failed: string[] = [];
for await (const row of rowsOf({ scale, names: values.situation })) {
  const { situation, off, asItMustBe } = row;
  if (situation.name !== last)
    console.log(`\n${situation.name}: ${situation.situation}\n  must be: ${situation.mustBe}`);
  last = situation.name;
  console.log(lineOf(row));
  if (!asItMustBe) failed.push(off === null ? situation.name : `${situation.name} (control)`);
}
const names = [...new Set(failed)];
console.log(names.length === 0 ? '\nall as it must be' : `\nFAILED: ${names.join(', ')}`);
process.exitCode = names.length === 0 ? 0 : 1;

function lineOf({ form, off, seen, cpuSeconds, asItMustBe }: Row): string {
  const outcome =
    off === null ? (asItMustBe ? 'ok' : 'FAILED') : asItMustBe ? 'fails, as it must' : 'FAILED TO FAIL';
  const what = off === null ? form : `control, ${off}`;
  return `  ${outcome}: ${what === '' ? '' : `${what}: `}${seen} (${cpuSeconds.toFixed(1)} s of CPU)`;
}
