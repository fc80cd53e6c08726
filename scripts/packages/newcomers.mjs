import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkExamples } from './checkExamples.mjs';
import { checkReadme } from './checkReadme.mjs';
import { startRegistry } from './registry.mjs';
import { run } from './run.mjs';
import { freePort, startServer } from './startServer.mjs';

/**
 * @typedef {object} Place
 * @property {string} folder for the folders of newcomers
 * @property {NodeJS.ProcessEnv} env in which npm finds our packages
 * @property {Simulator} simulator
 */
/**
 * @typedef {object} Simulator
 * @property {number} port
 * @property {string} statement a software statement that it accepts
 * @property {(device: string) => Promise<() => Promise<void>>} hold has the next profiles of a device take a while; what
 *   it gives resolves once they are asked for
 */

/**
 * What somebody does who finds the project: follows README.md in an empty folder, copies an example. The packages come
 * from a registry, the simulator through npx.
 * @param {readonly import('./pack.mjs').Packed[]} packed
 * @param {{ root: string, folder: string }} folders
 * @returns {Promise<string[]>} what is wrong
 */
export async function checkNewcomers(packed, { root, folder }) {
  const own = join(folder, 'newcomers');
  mkdirSync(own);
  const registry = await startRegistry(packed, own);
  // NODE_PATH would let a newcomer find what this workspace has installed, and npm, where it has started this program, the
  // package that it was asked to take.
  const env = { ...process.env, ...registry.env, NODE_PATH: '', npm_config_package: undefined };
  // npx keeps what it has once fetched, under its version: the one of this run is in a place of its own.
  const npx = { ...env, npm_config_cache: join(own, 'npx') };
  try {
    const port = await freePort();
    const startedAt = performance.now();
    const simulator = await startServer('npx', ['--yes', '@pass-dcr/simulator', '--port', String(port)], {
      ...{ cwd: own, env: npx, port },
    });
    const took = () => ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(`✓ npx @pass-dcr/simulator (${took()} s)`);
    try {
      const issued = await run('npx', ['@pass-dcr/simulator', 'statement'], { cwd: own, env: npx });
      if (!issued.ok) throw new Error(`npx @pass-dcr/simulator statement fails:\n${issued.output}`);
      const statement = issued.output.trim();
      const hold = async (/** @type {string} */ device) => await holdProfiles(simulator.url, device);
      const place = { folder: own, env, simulator: { port, statement, hold } };
      const problems = [
        ...(await checkReadme(join(root, 'README.md'), place)),
        ...(await checkExamples(join(root, 'apps'), place)),
      ];
      console.log(`newcomers took ${took()} s`);
      return problems;
    } finally {
      await simulator.end();
    }
  } finally {
    await registry.close();
  }
}

/** @param {string} url @param {string} device @returns {Promise<() => Promise<void>>} */
async function holdProfiles(url, device) {
  const control = `${url}/__simulator/faults`;
  const fault = { endpoint: 'profiles', device, count: 1, effect: { delayMs: 500 } };
  const headers = { 'Content-Type': 'application/json' };
  const set = await fetch(control, { method: 'POST', headers, body: JSON.stringify(fault) });
  const { id } = /** @type {{ id?: string }} */ (await set.json());
  return async () => {
    for (let looked = 0; looked < 200; looked += 1) {
      const { used } = /** @type {{ used?: number }} */ (
        await (await fetch(`${control}/used?id=${id}`)).json()
      );
      if (used === 1) return;
      await sleep(20);
    }
    throw new Error('the simulator is not asked for profiles');
  };
}
