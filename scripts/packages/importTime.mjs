import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { run } from './run.mjs';

const rounds = 9;

/**
 * What importing a package costs a process: the median of several, less that of processes that import nothing.
 * @param {string} folder with the package in its node_modules @param {string} name
 * @returns {Promise<number>} milliseconds
 */
export async function importTimeMs(folder, name) {
  const [empty, importing] = [join(folder, 'empty.mjs'), join(folder, 'importing.mjs')];
  writeFileSync(empty, '');
  writeFileSync(importing, `import ${JSON.stringify(name)};\n`);
  /** @type {number[][]} */
  const times = [[], []];
  // In turns, so that whatever else the machine does slows both.
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, file] of [empty, importing].entries()) {
      const started = performance.now();
      const { ok, output } = await run(process.execPath, [file], { cwd: folder });
      if (!ok) throw new Error(`${name} cannot be imported:\n${output}`);
      times[index]?.push(performance.now() - started);
    }
  }
  const [without = 0, withIt = 0] = times.map(median);
  return withIt - without;
}

/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
