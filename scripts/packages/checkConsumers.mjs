import { cpSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { consumers } from '../consumers/consumers.mjs';
import { install, installConsumer, readManifest } from './install.mjs';
import { inParallel } from './run.mjs';
import { runConsumer } from './runConsumer.mjs';

/** @typedef {import('./pack.mjs').Packed} Packed */
/** @typedef {import('../consumers/consumers.mjs').Consumer} Consumer */
/** @typedef {import('./runConsumer.mjs').CreateSimulator} CreateSimulator */

const atOnce = 2;

/** @typedef {{ packed: readonly Packed[], templates: string, folder: string }} Place */

/** @param {readonly string[]} wanted parts of names; none: all @returns {readonly Consumer[]} */
export function consumersNamed(wanted) {
  const chosen = consumers.filter(
    ({ name }) =>
      wanted.length === 0 || wanted.some((part) => name.toLowerCase().includes(part.toLowerCase())),
  );
  if (chosen.length === 0) throw new Error(`No consumer is called ${wanted.join(', ')}.`);
  return chosen;
}

/**
 * Installs the tarballs where this workspace cannot help them, each installation in the folder of its name.
 * @param {readonly Consumer[]} chosen @param {Place} place
 */
export async function installFor(chosen, { packed, templates, folder }) {
  const needed = [...new Set(['newest', ...chosen.map(({ on }) => on)])];
  await inParallel(
    needed,
    async (name) => {
      mkdirSync(join(folder, name), { recursive: true });
      cpSync(join(templates, 'installations', name), join(folder, name), { recursive: true });
      await install(join(folder, name), packed);
    },
    atOnce,
  );
}

/**
 * Lets every consumer answer a request.
 * @param {readonly Consumer[]} chosen @param {Place} place
 * @returns {Promise<string[]>} what is wrong
 */
export async function checkConsumers(chosen, place) {
  const { createSimulator } = /** @type {{ createSimulator: CreateSimulator }} */ (
    createRequire(join(place.folder, 'newest/package.json'))('@pass-dcr/simulator')
  );
  console.log(`consumers, on Node ${process.versions.node}:`);
  const failures = await inParallel(
    chosen,
    async (consumer) => await checkConsumer(consumer, { ...place, createSimulator }),
    atOnce,
  );
  return failures.flat();
}

/**
 * @param {Consumer} consumer
 * @param {Place & { createSimulator: CreateSimulator }} place
 * @returns {Promise<string[]>} what is wrong
 */
async function checkConsumer(consumer, { packed, templates, folder, createSimulator }) {
  const { name, template, on, type = 'commonjs', shows } = consumer;
  const started = performance.now();
  const own = join(folder, on, name.replaceAll(/[^\w.]+/g, '-'));
  await installConsumer(join(templates, template), own, type, packed);
  const modules = join(folder, on, 'node_modules');
  const problems = await runConsumer(consumer, { folder: own, modules, createSimulator });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const versions = shows
    .map(
      (each) =>
        `, ${each.replace(/^typescript.+/, 'typescript')} ${versionOf(each, [own, join(folder, on)])}`,
    )
    .join('');
  console.log(`${problems.length === 0 ? '✓' : '✗'} ${name}${versions} (${seconds} s)`);
  for (const problem of problems) console.error(`  ${problem.replaceAll('\n', '\n  ')}`);
  return problems.map((problem) => `${name}: ${problem.split('\n')[0]}`);
}

/** @param {string} name @param {readonly string[]} folders */
function versionOf(name, folders) {
  for (const folder of folders) {
    try {
      return readManifest(join(folder, 'node_modules', name, 'package.json')).version;
    } catch {
      // In the next one.
    }
  }
  return 'missing';
}
