// A simulated Adobe Pass and an example, that of Express unless --framework names another, side by side. They run until
// Ctrl-C, to be tried by hand; with --once the demo plays five acts by itself and counts what reached the simulator: exit
// code 1 if any is wrong. --once --framework all plays them with every example and prints a line for each.
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const simulatorProgram = join(root, 'packages/simulator/dist/esm/cli.js');

const frameworks = /** @type {const} */ (['express', 'koa', 'nest', 'fastify']);

/** @typedef {typeof frameworks[number]} Framework */
/** @typedef {(line: string) => void} Print */

/** @param {Framework} framework */
const serviceProgram = (framework) => join(root, `apps/${framework}-example/dist/main.js`);

/** The demo is the proxy in front of the service. Koa knows proxies by their number alone, Fastify by their addresses. */
const trustedProxies = { express: 'loopback', koa: '1', nest: 'loopback', fastify: 'loopback' };

const startLimitMs = 20_000;
const stopLimitMs = 25_000;

/** @typedef {{ child: import('node:child_process').ChildProcess, exited: Promise<number | null>, lines: string[] }} Program */
/** @typedef {{ sequence: number, endpoint: string, status: number | string, clientId?: string, forwardedFor?: string }} LedgerEntry */
/** @typedef {{ name: string, expected: Record<string, number>, play: () => Promise<void> }} Act */

/** @type {Set<Program>} */
const programs = new Set();

/**
 * Starts a program and resolves with what `find` finds in a line that it prints.
 * @template Found
 * @param {string} name
 * @param {string} file
 * @param {string[]} args
 * @param {Record<string, string>} env
 * @param {(line: string) => Found | undefined} find
 * @param {(line: string) => void} show
 * @returns {Promise<Program & { found: Found }>}
 */
async function start(name, file, args, env, find, show = () => {}) {
  if (!existsSync(file)) throw new Error(`${file} does not exist: "npm run build" makes it.`);
  const child = spawn(process.execPath, [file, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit').then(([code]) => /** @type {number | null} */ (code));
  /** @type {Program} */
  const program = { child, exited, lines: [] };
  programs.add(program);
  /** @type {Promise<Found>} */
  const ready = new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        program.lines.push(line);
        if (program.lines.length > 50) program.lines.shift();
        show(line);
        const found = find(line);
        if (found !== undefined) resolve(found);
      });
    }
  });
  /** @type {(why: string) => Error} */
  const failed = (why) => new Error([`${name} ${why}`, ...program.lines].join('\n  '));
  const found = await Promise.race([
    ready,
    exited.then((code) => {
      throw failed(`ended with code ${code} before it was ready`);
    }),
    after(startLimitMs).then(() => {
      throw failed(`was not ready within ${startLimitMs} ms`);
    }),
  ]);
  return { ...program, found };
}

/** @param {Program} program @returns {Promise<number | null>} its exit code; `null` if it had to be killed */
async function stop(program) {
  if (program.child.exitCode === null) program.child.kill('SIGTERM');
  const code = await Promise.race([program.exited, after(stopLimitMs).then(() => 'late')]);
  if (typeof code !== 'string') return code;
  program.child.kill('SIGKILL');
  return null;
}

async function stopAll() {
  await Promise.all([...programs].map(stop));
}

/** @param {number} ms @returns {Promise<void>} does not keep the process alive */
function after(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

/** @param {string} url @param {unknown} [body] a POST where given @param {Record<string, string>} [headers] */
async function json(url, body, headers = {}) {
  const init =
    body === undefined
      ? { headers }
      : {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', ...headers },
          body: JSON.stringify(body),
        };
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(20_000) });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${new URL(url).pathname} answered ${response.status}: ${answer}`);
  return /** @type {Record<string, unknown>} */ (JSON.parse(answer));
}

/** @param {unknown} value @param {string} name @returns {string} */
function text(value, name) {
  if (typeof value !== 'string') throw new Error(`${name} is missing in an answer`);
  return value;
}

/** @param {Framework} framework @param {string} cachePath */
async function startSimulatorFor(framework, cachePath) {
  const simulator = await start(
    'the simulator',
    simulatorProgram,
    ['--port', '0'],
    {},
    (line) => /http:\S+/.exec(line)?.[0],
  );
  const control = `${simulator.found}/__simulator`;
  const { softwareStatement } = await json(`${control}/statements`, { application: 'tv' });
  const env = {
    PORT: '0',
    TRUST_PROXY: trustedProxies[framework],
    PASS_ENVIRONMENT: 'local',
    PASS_BASE_URL: simulator.found,
    PASS_SOFTWARE_STATEMENT: text(softwareStatement, 'softwareStatement'),
    PASS_SERVICE_PROVIDER: 'REF30',
    PASS_APPLICATION: 'tv',
    PASS_SECRET: randomBytes(32).toString('hex'),
    PASS_CACHE_PATH: cachePath,
    DEVICE_TOKEN_SECRET: randomBytes(32).toString('hex'),
  };
  return { url: simulator.found, control, env };
}

/** @param {Framework} framework @param {Record<string, string>} env @param {Print} [show] */
async function startService(framework, env, show) {
  const find = (/** @type {string} */ line) => /"port":(\d+).*"listening"/.exec(line)?.[1];
  const service = await start('the service', serviceProgram(framework), [], env, find, show);
  return { ...service, url: `http://127.0.0.1:${service.found}` };
}

/** @param {string} platformId the device identifier that the example derives from it */
const deviceOf = (platformId) => createHash('sha256').update(platformId).digest('hex');

/** @param {Framework} framework @param {string} folder @param {Print} print @returns {Promise<boolean>} */
async function playOnce(framework, folder, print) {
  const { control, env } = await startSimulatorFor(framework, join(folder, framework));
  let service = await startService(framework, env);
  const platformId = 'living-room-tv';
  const device = deviceOf(platformId);

  /** @param {string} platform @returns {Promise<string>} */
  const issue = async (platform) =>
    text((await json(`${service.url}/api/device`, { platformId: platform })).deviceToken, 'deviceToken');
  /** @param {string} token @param {string} address */
  const me = async (token, address = '203.0.113.7') =>
    await json(`${service.url}/api/me`, undefined, {
      Authorization: `Bearer ${token}`,
      'X-Forwarded-For': address,
    });
  /** @param {number} since @returns {Promise<{ mark: number, entries: LedgerEntry[] }>} */
  const ledger = async (since) =>
    /** @type {{ mark: number, entries: LedgerEntry[] }} */ (await json(`${control}/ledger?since=${since}`));

  const token = await issue(platformId);
  const tokensOfFifty = await Promise.all(Array.from({ length: 50 }, (_, n) => issue(`bedroom-tv-${n}`)));
  /** @type {Set<string | undefined>} */
  const clientIds = new Set();

  /** @type {Act[]} */
  const acts = [
    {
      name: 'the first request of a device registers it',
      expected: { register: 1, token: 1, profiles: 1 },
      play: async () => void (await me(token)),
    },
    {
      name: 'the second request finds credentials and token in memory',
      expected: { register: 0, token: 0, profiles: 1 },
      play: async () => void (await me(token)),
    },
    {
      name: 'the token is revoked: the request still succeeds, with a new one',
      expected: { register: 0, token: 1, profiles: 2 },
      play: async () => {
        await json(`${control}/revocations`, { tokensOf: { device } });
        await me(token);
      },
    },
    {
      name: 'the server restarts: the device keeps its credentials',
      expected: { register: 0, token: 0, profiles: 1 },
      play: async () => {
        const code = await stop(service);
        if (code !== 0) throw new Error(`the service ended with code ${code}`);
        service = await startService(framework, env);
        await me(token);
      },
    },
    {
      name: '50 devices at once, each with an address of its own',
      expected: { register: 50, token: 50, profiles: 50 },
      play: async () =>
        void (await Promise.all(tokensOfFifty.map((each, n) => me(each, `198.51.100.${n + 1}`)))),
    },
  ];

  let since = 0;
  let failures = 0;
  for (const [index, { name, expected, play }] of acts.entries()) {
    print(`\nAct ${index + 1}: ${name}`);
    await play();
    const { mark, entries } = await ledger(since);
    since = mark;
    showLedger(entries, print);
    failures += report(entries, expected, print);
    if (index < 4)
      for (const entry of entries.filter(({ endpoint }) => endpoint === 'profiles'))
        clientIds.add(entry.clientId);
  }
  if (clientIds.size !== 1) {
    failures += 1;
    print(`The device had ${clientIds.size} client ids in acts 1 to 4; it should have had one.`);
  }
  print(failures === 0 ? '\nAll counts are as they should be.' : `\n${failures} counts are wrong.`);
  return failures === 0;
}

const shownEntries = 6;

/** What the simulator saw, request by request. @param {LedgerEntry[]} entries @param {Print} print */
function showLedger(entries, print) {
  print('    # endpoint    status  client id                             address');
  for (const { sequence, endpoint, status, clientId = '', forwardedFor = '' } of entries.slice(
    0,
    shownEntries,
  ))
    print(
      `${String(sequence).padStart(5)} ${endpoint.padEnd(10)} ${String(status).padStart(7)}  ${clientId.padEnd(36)}  ${forwardedFor}`,
    );
  if (entries.length > shownEntries) print(`      … and ${entries.length - shownEntries} more`);
}

/**
 * @param {LedgerEntry[]} entries
 * @param {Record<string, number>} expected
 * @param {Print} print
 * @returns {number} how many counts are wrong
 */
function report(entries, expected, print) {
  /** @type {(...cells: (string | number)[]) => void} */
  const row = (first = '', ...rest) =>
    print(`  ${String(first).padEnd(15)}${rest.map((cell) => String(cell).padStart(9)).join('')}`);
  row('endpoint', 'requests', 'expected');
  const endpoints = new Set([...Object.keys(expected), ...entries.map(({ endpoint }) => endpoint)]);
  let wrong = 0;
  for (const endpoint of endpoints) {
    const count = entries.filter((entry) => entry.endpoint === endpoint).length;
    const wanted = expected[endpoint] ?? 0;
    row(endpoint, count, wanted, ...(count === wanted ? [] : ['wrong']));
    if (count !== wanted) wrong += 1;
  }
  return wrong;
}

/** @param {string} folder @returns {Promise<boolean>} */
async function playAll(folder) {
  const results = await Promise.all(
    frameworks.map(async (framework) => {
      const started = performance.now();
      /** @type {string[]} */
      const lines = [];
      const succeeded = await playOnce(framework, folder, (line) => lines.push(line)).catch(
        (/** @type {unknown} */ error) => {
          lines.push(messageOf(error));
          return false;
        },
      );
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      if (succeeded)
        console.log(`  ✓ ${framework.padEnd(8)} all counts are as they should be (${seconds} s)`);
      else if (!isStopping) console.log([`  ✗ ${framework} (${seconds} s)`, ...lines].join('\n'));
      return succeeded;
    }),
  );
  return results.every(Boolean);
}

/** @param {Framework} framework @param {string} folder */
async function runUntilStopped(framework, folder) {
  const { url, control, env } = await startSimulatorFor(framework, join(folder, 'cache'));
  const service = await startService(framework, env, (line) => console.log(`service | ${line}`));
  const platformId = 'living-room-tv';
  const post = "-X POST -H 'Content-Type: application/json'";
  const signIn = JSON.stringify({
    deviceIdentifier: deviceOf(platformId),
    serviceProvider: 'REF30',
    mvpd: 'Cablevision',
  });
  console.log(`
Adobe Pass (simulated)   ${url}
Programmer service       ${service.url}

Get a device token, then ask who is signed in; the first call registers the device:

  TOKEN=$(curl -s ${service.url}/api/device ${post} -d '{"platformId":"${platformId}"}' | sed 's/.*"deviceToken":"\\([^"]*\\)".*/\\1/')
  curl -s ${service.url}/api/me -H "Authorization: Bearer $TOKEN" -H 'X-Forwarded-For: 203.0.113.7'
  curl -s ${service.url}/api/providers -H "Authorization: Bearer $TOKEN" -H 'X-Forwarded-For: 203.0.113.7'

Sign a viewer in on that device, then ask again:

  curl -s ${control}/sign-in ${post} -d '${signIn}'

Take the device's token away, then ask again; see what reached Adobe Pass:

  curl -s ${control}/revocations ${post} -d '${JSON.stringify({ tokensOf: { device: deviceOf(platformId) } })}'
  curl -s ${control}/ledger

Ctrl-C ends both.
`);
  await Promise.race([stopRequested, ...[...programs].map(({ exited }) => exited)]);
  if (!isStopping) throw new Error(['a program ended by itself', ...service.lines].join('\n  '));
  return true;
}

let isStopping = false;
/** @type {Promise<void>} */
const stopRequested = new Promise((resolve) => {
  const stopNow = () => {
    isStopping = true;
    resolve();
  };
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, stopNow);
  // Whoever reads the output has gone, as `head` does. Unheard, the error would end this process alone.
  process.stdout.on('error', stopNow);
});

/** Without leftovers of an earlier run: the simulator forgets all devices when it ends, so the cache has to as well. */
function emptyFolder() {
  const folder = join(root, 'node_modules/.cache/pass-dcr-demo');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * @returns {{ once: boolean, framework: Framework | 'all' }}
 * @throws {Error} for the user
 */
function readArguments() {
  const { values } = parseArgs({
    options: { once: { type: 'boolean', default: false }, framework: { type: 'string', default: 'express' } },
  });
  const valid = [...frameworks, ...(values.once ? /** @type {const} */ (['all']) : [])];
  const framework = valid.find((name) => name === values.framework);
  if (framework !== undefined) return { once: values.once, framework };
  const received = JSON.stringify(values.framework);
  throw new Error(`--framework must be one of ${valid.join(', ')}; received ${received}.`);
}

async function main() {
  const { once: unattended, framework } = readArguments();
  const folder = unattended ? mkdtempSync(join(tmpdir(), 'pass-dcr-demo-')) : emptyFolder();
  try {
    if (framework === 'all') return await Promise.race([playAll(folder), stopRequested.then(() => false)]);
    if (!unattended) return await runUntilStopped(framework, folder);
    const played = playOnce(framework, folder, (line) => console.log(line));
    return await Promise.race([played, stopRequested.then(() => false)]);
  } finally {
    await stopAll();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

main().then(
  (succeeded) => process.exit(succeeded ? 0 : 1),
  (/** @type {unknown} */ error) => {
    console.error(messageOf(error));
    process.exit(1);
  },
);
