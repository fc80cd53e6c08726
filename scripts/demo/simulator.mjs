import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { json, text } from './json.mjs';
import { start } from './programs.mjs';
import { root } from './folders.mjs';

const program = join(root, 'packages/simulator/dist/esm/cli.js');

/** @typedef {{ sequence: number, endpoint: string, status: number | string, clientId?: string, forwardedFor?: string }} LedgerEntry */
/** @typedef {{ mark: number, entries: LedgerEntry[] }} Ledger */
/** @typedef {Awaited<ReturnType<typeof startSimulator>>} Simulator */

/** Adobe Pass, and the environment of services that use it. */
export async function startSimulator() {
  const { found: url, exited } = await start(
    'the simulator',
    program,
    ['--port', '0'],
    {},
    (line) => /http:\S+/.exec(line)?.[0],
  );
  const control = `${url}/__simulator`;
  const { softwareStatement } = await json(`${control}/statements`, { application: 'tv' });
  /** @type {Record<string, string>} */
  const env = {
    PORT: '0',
    PASS_ENVIRONMENT: 'local',
    PASS_BASE_URL: url,
    PASS_SOFTWARE_STATEMENT: text(softwareStatement, 'softwareStatement'),
    PASS_SERVICE_PROVIDER: 'REF30',
    PASS_APPLICATION: 'tv',
    PASS_SECRET: randomBytes(32).toString('hex'),
    DEVICE_TOKEN_SECRET: randomBytes(32).toString('hex'),
    // Those of the person who runs the demo would be in the way.
    PASS_CACHE_PATH: '',
    REDIS_URL: '',
  };
  return {
    url,
    control,
    env,
    exited,
    /** What reached it since a mark. @param {number} since @returns {Promise<Ledger>} */
    ledger: async (since) => /** @type {Ledger} */ (await json(`${control}/ledger?since=${since}`)),
  };
}
