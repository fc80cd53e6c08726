import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compilerOptions, firstCalls, inCommonJs, withPorts } from './readme.mjs';
import { inParallel, run } from './run.mjs';
import { freePort, startServer } from './startServer.mjs';

/** @typedef {import('./readme.mjs').FirstCall} FirstCall */
/** @typedef {import('./newcomers.mjs').Place} Place */
/** @typedef {{ name: string, call: FirstCall, installs: string[] }} Newcomer */

const firstCallLimitMs = 30_000;

/**
 * Does what README.md says, in empty folders: with every framework, as ES modules and as CommonJS.
 * @param {string} readme its path @param {Place} place
 * @returns {Promise<string[]>} what is wrong
 */
export async function checkReadme(readme, place) {
  const markdown = readFileSync(readme, 'utf8');
  const reports = await inParallel(
    newcomersOf(firstCalls(markdown)),
    async (newcomer) => await follow(newcomer, markdown, place),
    2,
  );
  const found = reports.flat();
  if (found.length !== 10) return [`README.md has ${found.length} first calls instead of 10`];
  return found.flatMap(({ problems }) => problems);
}

/** Express 4 is installed as its users have it; otherwise the README is the same. @param {FirstCall[]} calls */
function newcomersOf(calls) {
  return calls.flatMap((call) => {
    const named = (/** @type {string} */ name, /** @type {string} */ version) => ({
      ...{ name, call },
      installs: call.installs.map((install) => install.replace(/ express /, ` express@${version} `)),
    });
    if (call.installs.join('\n').includes(' express '))
      return [named('Express 4', '4'), named('Express 5', '5')];
    return [{ name: call.heading, call, installs: call.installs }];
  });
}

/**
 * @param {Newcomer} newcomer @param {string} markdown @param {Place} place
 * @returns {Promise<{ problems: string[] }[]>} of each kind of module
 */
async function follow({ name, call, installs }, markdown, { folder, env, simulator }) {
  const cwd = join(folder, `readme-${name.replaceAll(/\W+/g, '')}`);
  mkdirSync(cwd, { recursive: true });
  for (const install of installs) {
    const { ok, output } = await run('npm', [...install.split(' ')], { cwd, env });
    if (!ok) return [{ problems: [`${name}: npm ${install} fails:\n${output}`] }];
  }
  const installedAt = performance.now();
  const reports = [];
  for (const kind of /** @type {const} */ (['ES modules', 'CommonJS'])) {
    const startedAt = performance.now();
    const ports = { simulator: simulator.port, server: await freePort() };
    const program = withPorts(call.program, ports);
    /** @type {string[]} */
    let problems;
    try {
      const file = await write({ program, kind, cwd, env, options: compilerOptions(markdown) });
      const server = await startServer(process.execPath, [file], {
        ...{ cwd, port: ports.server },
        env: { ...env, PASS_SOFTWARE_STATEMENT: simulator.statement },
      });
      problems = [
        ...(await answers(server.url)),
        ...(await endsInPeace(server, simulator, `${name}, ${kind}`)),
      ];
    } catch (error) {
      problems = [error instanceof Error ? error.message : String(error)];
    }
    const tookMs = performance.now() - (kind === 'ES modules' ? installedAt : startedAt);
    if (tookMs > firstCallLimitMs)
      problems.push(`its first call comes ${Math.round(tookMs / 1000)} s after npm install`);
    console.log(
      `${problems.length === 0 ? '✓' : '✗'} README, ${name}, ${kind} (${(tookMs / 1000).toFixed(1)} s)`,
    );
    reports.push({ problems: problems.map((problem) => `README, ${name}, ${kind}: ${problem}`) });
  }
  return reports;
}

/**
 * @param {{ program: string, kind: 'ES modules' | 'CommonJS', cwd: string, env: NodeJS.ProcessEnv, options: string[] }} what
 * @returns {Promise<string>} the file to run
 */
async function write({ program, kind, cwd, env, options }) {
  const isModule = kind === 'ES modules';
  if (!program.includes('@nestjs/')) {
    const file = join(cwd, isModule ? 'server.mjs' : 'server.cjs');
    writeFileSync(file, isModule ? program : inCommonJs(program));
    return file;
  }
  const own = join(cwd, isModule ? 'esm' : 'cjs');
  mkdirSync(own);
  writeFileSync(join(own, 'package.json'), JSON.stringify({ type: isModule ? 'module' : 'commonjs' }));
  writeFileSync(join(own, 'main.ts'), program);
  const { ok, output } = await run(join(cwd, 'node_modules/.bin/tsc'), ['main.ts', ...options], {
    cwd: own,
    env,
  });
  if (!ok) throw new Error(`tsc fails:\n${output}`);
  return join(own, 'main.js');
}

/** @param {string} url @param {string} [device] @returns {Promise<string>} */
async function ask(url, device) {
  // As curl does, which ends with its answer.
  const closing = { connection: 'close' };
  const named = { 'AP-Device-Identifier': `fingerprint ${Buffer.from(device ?? '').toString('base64')}` };
  const response = await fetch(`${url}/api/me`, {
    headers: device === undefined ? closing : { ...closing, ...named },
  });
  return `${response.status} ${await response.text()}`;
}

/**
 * A server that is told to end first answers the request that runs.
 * @param {import('./startServer.mjs').Started} server @param {import('./newcomers.mjs').Simulator} simulator
 * @param {string} device
 */
async function endsInPeace(server, simulator, device) {
  const isAsked = await simulator.hold(device);
  const pending = ask(server.url, device);
  await isAsked();
  const ended = server.end();
  const answered = await pending.catch((/** @type {unknown} */ error) => String(error));
  return [
    ...(answered === '200 []' ? [] : [`after SIGTERM the request that runs gets ${answered}`]),
    ...(await ended),
  ];
}

/** @param {string} url @returns {Promise<string[]>} what is wrong */
async function answers(url) {
  const answered = await ask(url, 'tv-1');
  const refused = await ask(url);
  const again = await ask(url, 'tv-1');
  return [
    ...(answered === '200 []' ? [] : [`a device is answered ${answered}`]),
    ...(/^400 .*device_missing/.test(refused) ? [] : [`a request of no device is answered ${refused}`]),
    ...(again === '200 []' ? [] : [`after a request of no device, a device is answered ${again}`]),
  ];
}
