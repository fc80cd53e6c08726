import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inParallel, run } from './run.mjs';
import { freePort, startServer } from './startServer.mjs';

/** @typedef {import('./newcomers.mjs').Place} Place */

const examples = ['express', 'koa', 'nest', 'fastify'].map((framework) => `${framework}-example`);

/**
 * Copies the examples out of the repository, and does what their READMEs say. They are installed together, each by its own
 * package.json, which takes a third of the time; what one of them uses without naming it is found as an unlisted
 * dependency of this repository.
 * @param {string} apps the folder of the examples @param {Place} place
 * @returns {Promise<string[]>} what is wrong
 */
export async function checkExamples(apps, place) {
  const folder = join(place.folder, 'examples');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, workspaces: examples }));
  for (const name of examples)
    cpSync(join(apps, name), join(folder, name), { recursive: true, filter: (file) => !isMade(file, apps) });
  const startedAt = performance.now();
  const installed = await run('npm', ['install'], { cwd: folder, env: place.env });
  if (!installed.ok) return [`npm install of the examples fails:\n${installed.output}`];
  console.log(`✓ npm install of the examples (${seconds(startedAt)} s)`);
  const reports = await inParallel(examples, async (name) => await checkExample(name, folder, place), 2);
  return reports.flat();
}

/** @param {string} file @param {string} below */
const isMade = (file, below) =>
  /[/\\](?:node_modules|dist|\.turbo)(?:[/\\]|$)/.test(file.slice(below.length));

/** @param {string} name @param {string} folder @param {Place} place @returns {Promise<string[]>} */
async function checkExample(name, folder, place) {
  const startedAt = performance.now();
  const problems = await follow(name, join(folder, name), place).catch((/** @type {unknown} */ error) => [
    String(error),
  ]);
  console.log(`${problems.length === 0 ? '✓' : '✗'} ${name} (${seconds(startedAt)} s)`);
  return problems.map((problem) => `${name}: ${problem}`);
}

/** @param {string} name @param {string} cwd @param {Place} place @returns {Promise<string[]>} */
async function follow(name, cwd, { env, simulator }) {
  const { ok, output } = await run('npm', ['run', 'build'], { cwd, env });
  if (!ok) return [`npm run build fails:\n${output}`];
  const port = await freePort();
  const settings = {
    ...{ PORT: String(port), PASS_BASE_URL: `http://127.0.0.1:${simulator.port}` },
    ...{ PASS_SOFTWARE_STATEMENT: simulator.statement, PASS_SERVICE_PROVIDER: 'REF30' },
    ...{ PASS_APPLICATION: 'tv', PASS_CACHE_PATH: './cache' },
    ...{
      PASS_SECRET: `${name} ${crypto.randomUUID()}`,
      DEVICE_TOKEN_SECRET: `${name} ${crypto.randomUUID()}`,
    },
  };
  const server = await startServer(process.execPath, ['dist/main.js'], {
    cwd,
    port,
    env: { ...env, ...settings },
  });
  return [...(await answers(server.url)), ...(await server.end())];
}

/** @param {string} url @returns {Promise<string[]>} what is wrong */
async function answers(url) {
  const headers = { connection: 'close' };
  const issued = await fetch(`${url}/api/device`, { method: 'POST', headers });
  const { deviceToken } = /** @type {{ deviceToken?: string }} */ (await issued.json());
  const me = await fetch(`${url}/api/me`, {
    headers: { ...headers, authorization: `Bearer ${deviceToken}` },
  });
  const answered = `${me.status} ${me.headers.get('cache-control')} ${await me.text()}`;
  return answered === '200 no-store {"profiles":[]}' ? [] : [`a device is answered ${answered}`];
}

/** @param {number} since */
const seconds = (since) => ((performance.now() - since) / 1000).toFixed(1);
