import { join } from 'node:path';
import { conclude, playActs } from './acts.mjs';
import { json } from './json.mjs';
import { stop } from './programs.mjs';
import { ask, deviceOf, issueDeviceToken, startService } from './service.mjs';
import { startSimulator } from './simulator.mjs';
import { viewingActs } from './viewing.mjs';

/** @typedef {import('./acts.mjs').Act} Act */

/**
 * One server with the file cache: a device's journey, and a viewer's.
 * @param {import('./readArguments.mjs').Framework} framework
 * @param {string} folder
 * @param {import('./acts.mjs').Print} print
 * @returns {Promise<boolean>}
 */
export async function playSingle(framework, folder, print) {
  const simulator = await startSimulator();
  const env = { ...simulator.env, PASS_CACHE_PATH: join(folder, framework) };
  let service = await startService(framework, env);
  const platformId = 'living-room-tv';

  /** @param {string} token @param {string} [address] */
  const me = async (token, address = '203.0.113.7') => await ask(`${service.url}/api/me`, token, address);
  const token = await issueDeviceToken(service.url, platformId);
  const tokensOfFifty = await Promise.all(
    Array.from({ length: 50 }, (_, n) => issueDeviceToken(service.url, `bedroom-tv-${n}`)),
  );

  /** @type {Act[]} */
  const acts = [
    {
      name: 'the first request of a device registers it',
      play: async () => {
        await me(token);
        return { register: 1, token: 1, profiles: 1 };
      },
    },
    {
      name: 'the second request finds credentials and token in memory',
      play: async () => {
        await me(token);
        return { register: 0, token: 0, profiles: 1 };
      },
    },
    {
      name: 'the token is revoked: the request still succeeds, with a new one',
      play: async () => {
        await json(`${simulator.control}/revocations`, { tokensOf: { device: deviceOf(platformId) } });
        await me(token);
        return { register: 0, token: 1, profiles: 2 };
      },
    },
    {
      name: 'the server restarts: the device keeps its credentials',
      play: async () => {
        const code = await stop(service);
        if (code !== 0) throw new Error(`the service ended with code ${code}`);
        service = await startService(framework, env);
        await me(token);
        return { register: 0, token: 0, profiles: 1 };
      },
    },
    {
      name: '50 devices at once, each with an address of its own',
      play: async () => {
        await Promise.all(tokensOfFifty.map((each, n) => me(each, `198.51.100.${n + 1}`)));
        return { register: 50, token: 50, profiles: 50 };
      },
    },
    ...(await viewingActs(() => service.url, simulator.control)),
  ];
  const { wrong, entries } = await playActs(acts, simulator.ledger, print);
  const ofOneDevice = entries.slice(0, 4).flat();
  const clientIds = new Set(
    ofOneDevice.filter(({ endpoint }) => endpoint === 'profiles').map(({ clientId }) => clientId),
  );
  if (clientIds.size === 1) return conclude(wrong, print);
  print(`The device had ${clientIds.size} client ids in acts 1 to 4; it should have had one.`);
  return conclude(wrong + 1, print);
}
