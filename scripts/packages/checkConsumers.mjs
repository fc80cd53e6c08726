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

/**
 * Installs the tarballs where this workspace cannot help them, and lets every consumer answer a request.
 * @param {readonly Packed[]} packed
 * @param {{ templates: string, folder: string, wanted: readonly string[] }} options `wanted`: parts of names; none: all
 * @returns {Promise<{ problems: string[], installed: (name: string) => string }>}
 */
export async function checkConsumers(packed, { templates, folder, wanted }) {
  const chosen = consumers.filter(
    ({ name }) =>
      wanted.length === 0 || wanted.some((part) => name.toLowerCase().includes(part.toLowerCase())),
  );
  if (chosen.length === 0) throw new Error(`No consumer is called ${wanted.join(', ')}.`);
  const installed = (/** @type {string} */ name) => join(folder, name);
  const needed = [...new Set(['newest', ...chosen.map(({ on }) => on)])];
  await inParallel(
    needed,
    async (name) => {
      mkdirSync(installed(name), { recursive: true });
      cpSync(join(templates, 'installations', name), installed(name), { recursive: true });
      await install(installed(name), packed);
    },
    atOnce,
  );
  const { createSimulator } = /** @type {{ createSimulator: CreateSimulator }} */ (
    createRequire(join(installed('newest'), 'package.json'))('@pass-dcr/simulator')
  );
  console.log(`consumers, on Node ${process.versions.node}:`);
  const failures = await inParallel(
    chosen,
    async (consumer) => await checkConsumer(consumer, { packed, templates, folder, createSimulator }),
    atOnce,
  );
  return { problems: failures.flat(), installed };
}

/**
 * @param {Consumer} consumer
 * @param {{ packed: readonly Packed[], templates: string, folder: string, createSimulator: CreateSimulator }} place
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
