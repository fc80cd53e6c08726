import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';

/**
 * @typedef {object} Comparison
 * @property {string} name of the package
 * @property {string} to what its users import besides, or cannot do without
 * @property {number} most the ratio
 */
/** @typedef {Readonly<Record<string, readonly number[]>>} Times processor time in ms by import, one of every round */

const rounds = 7;

/**
 * A package is imported alone, with all that it imports. The limits are half as much again as was measured, so that they
 * are missed by what somebody did, not by what the machine did.
 * @type {readonly Comparison[]}
 */
export const comparisons = [
  // Of core's 162 ms, undici is 113.
  { name: '@pass-dcr/core', to: 'undici', most: 2 },
  { name: '@pass-dcr/express', to: 'express', most: 2.3 },
  // The lightest of frameworks; the adapter imports it too.
  { name: '@pass-dcr/koa', to: 'koa', most: 5.4 },
  { name: '@pass-dcr/fastify', to: 'fastify', most: 2 },
  { name: '@pass-dcr/nest', to: '@nestjs/core', most: 1.8 },
  { name: '@pass-dcr/redis-cache', to: 'ioredis', most: 2.3 },
  { name: '@pass-dcr/file-cache', to: 'lmdb', most: 5.8 },
  // With what one would write a stand-in of Adobe Pass by hand.
  { name: '@pass-dcr/simulator', to: 'express', most: 0.9 },
  // Imports core and the simulator.
  { name: '@pass-dcr/conformance', to: 'undici', most: 2.7 },
];

/**
 * Processor time, which other programs disturb less than the clock does, of processes that take turns.
 * @param {string} folder with the packages in its node_modules @param {readonly Comparison[]} compared
 * @returns {Promise<Times>}
 */
export async function importTimes(folder, compared) {
  const program = join(folder, 'importing.mjs');
  writeFileSync(program, importing);
  const names = [...new Set(compared.flatMap(({ name, to }) => [name, to]))];
  /** @type {Record<string, number[]>} */
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) {
      const { ok, output } = await run(process.execPath, [program, name], { cwd: folder });
      if (!ok) throw new Error(`${name} cannot be imported:\n${output}`);
      times[name]?.push(Number(output));
    }
  }
  return times;
}

const importing = `const before = process.cpuUsage();
await import(process.argv[2]);
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1000);
`;

/**
 * @param {Comparison} comparison @param {Times} times
 * @returns {{ ms: number, toMs: number, ratio: number }} the medians, and that of the quotients within the rounds
 */
export function compare({ name, to }, times) {
  const [own = [], other = []] = [times[name], times[to]];
  const quotients = own.map((ms, round) => ms / (other[round] ?? NaN));
  return { ms: median(own), toMs: median(other), ratio: median(quotients) };
}

/**
 * @param {readonly string[]} packages the names of all @param {readonly Comparison[]} compared @param {Times} times
 * @returns {string[]} what is wrong, each as a sentence
 */
export function findImportProblems(packages, compared, times) {
  const problems = packages
    .filter((name) => !compared.some((each) => each.name === name))
    .map((name) => `${name} is not compared to anything: say what importing it may cost`);
  for (const comparison of compared) {
    const { name, to, most } = comparison;
    const { ratio } = compare(comparison, times);
    if (!(ratio <= most))
      problems.push(
        `importing ${name} takes ${ratio.toFixed(2)} times as long as ${to}, more than ${most.toFixed(2)}`,
      );
  }
  return problems;
}

/** @param {readonly Comparison[]} compared @param {Times} times @returns {string[]} */
export function importTable(compared, times) {
  const rows = compared.map((comparison) => {
    const { ms, toMs, ratio } = compare(comparison, times);
    const { name, to, most } = comparison;
    return [name, ms.toFixed(0), to, toMs.toFixed(0), ratio.toFixed(2), most.toFixed(2)];
  });
  const heading = ['importing', 'ms', 'compared to', 'ms', 'ratio', 'at most'];
  const widths = heading.map((_, column) =>
    Math.max(...[heading, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  return [heading, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** @param {readonly number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
