import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  blamesOthersTypes,
  device,
  findAnswerProblems,
  findLedgerProblems,
  mvpd,
} from './answerProblems.mjs';
import { run } from './run.mjs';

/** @typedef {import('../consumers/consumers.mjs').Consumer} Consumer */
/**
 * What is used of the simulator, which comes from its tarball.
 * @typedef {object} Simulator
 * @property {string} url
 * @property {(options: { application: string }) => string} issueSoftwareStatement
 * @property {(options: { deviceIdentifier: string, serviceProvider: string, mvpd: string }) => void} signIn
 * @property {{ entries(): import('./answerProblems.mjs').Seen[] }} ledger
 * @property {() => Promise<void>} close
 */
/** @typedef {() => Promise<Simulator>} CreateSimulator */

const deviceHeader = `fingerprint ${Buffer.from(device).toString('base64')}`;
const startTimeoutMs = 60_000;

/**
 * Compiles and starts a consumer, asks it for the profiles of a device, and looks at what reached Adobe Pass.
 * @param {Consumer} consumer @param {{ folder: string, modules: string, createSimulator: CreateSimulator }} place
 * @returns {Promise<string[]>} what is wrong
 */
export async function runConsumer({ compile = [], start, test }, { folder, modules, createSimulator }) {
  const program = (/** @type {string[]} */ args) => args.map((each) => each.replace(/^~/, modules));
  const simulator = await createSimulator();
  try {
    simulator.signIn({ deviceIdentifier: device, serviceProvider: 'REF30', mvpd });
    const env = {
      ...process.env,
      // Would let the consumer find what this workspace has installed.
      NODE_PATH: '',
      PASS_BASE_URL: simulator.url,
      PASS_SOFTWARE_STATEMENT: simulator.issueSoftwareStatement({ application: 'tv' }),
      DEVICE_HEADER: deviceHeader,
    };
    for (const command of [...compile, ...(test ? [test] : [])]) {
      const { ok, output } = await run(process.execPath, program(command), { cwd: folder, env });
      if (!ok && !(command !== test && blamesOthersTypes(output)))
        return [`${command.join(' ')} fails:\n${brief(output)}`];
    }
    const answers = start ? await startAndAsk(program(start), { cwd: folder, env }) : [];
    return [...answers, ...findLedgerProblems(simulator.ledger.entries())];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  } finally {
    await simulator.close();
  }
}

/** @param {string[]} program @param {{ cwd: string, env: NodeJS.ProcessEnv }} options */
async function startAndAsk(program, options) {
  const server = spawn(process.execPath, program, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(server, 'close');
  try {
    const url = `http://127.0.0.1:${await portOf(server)}/me`;
    const signedIn = await ask(url, { 'AP-Device-Identifier': deviceHeader });
    const nobody = await ask(url, {});
    return findAnswerProblems({ signedIn, nobody });
  } finally {
    server.kill('SIGKILL');
    await ended;
  }
}

/** @typedef {import('node:stream').Readable} Readable */
/**
 * @param {import('node:child_process').ChildProcessByStdio<null, Readable, Readable>} server
 * @returns {Promise<string>}
 */
async function portOf(server) {
  return await new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(
      () => reject(new Error(`it does not listen:\n${brief(output)}`)),
      startTimeoutMs,
    );
    const read = (/** @type {unknown} */ text) => {
      output += String(text);
      const [, port] = /listening on (\d+)/.exec(output) ?? [];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(port);
    };
    server.stdout.on('data', read);
    server.stderr.on('data', read);
    server.on('close', () => {
      clearTimeout(timer);
      reject(new Error(`it does not start:\n${brief(output)}`));
    });
  });
}

/** @param {string} url @param {Record<string, string>} headers */
async function ask(url, headers) {
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(20_000) });
  const text = await response.text();
  const contentType = response.headers.get('content-type') ?? '';
  /** @type {unknown} */
  const body = text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text;
  return { status: response.status, contentType, body };
}

/** @param {string} output */
const brief = (output) =>
  output
    .split('\n')
    .filter((line) => line.trim() !== '')
    .join('\n');
