import { setTimeout as delay } from 'node:timers/promises';
import { conclude, playActs } from './acts.mjs';
import { Fleet } from './Fleet.mjs';
import { json } from './json.mjs';
import { ask, deviceOf, issueDeviceToken } from './service.mjs';
import { startSharedCache } from './sharedCache.mjs';
import { startSimulator } from './simulator.mjs';

/** @typedef {import('./acts.mjs').Act} Act */

const platformId = 'living-room-tv';
const firstRequests = 40;
const otherDevices = 12;

/**
 * Several servers that share a cache: one registration per device, whatever becomes of the servers and of the cache.
 * @param {{ frameworks: import('./readArguments.mjs').Framework[], cache: import('./readArguments.mjs').CacheKind }} demo
 * @param {string} folder
 * @param {import('./acts.mjs').Print} print
 * @returns {Promise<boolean>}
 */
export async function playFleet({ frameworks, cache }, folder, print) {
  const [simulator, { env, redis }] = await Promise.all([startSimulator(), startSharedCache(cache, folder)]);
  const fleet = new Fleet(frameworks, { ...simulator.env, ...env });
  await fleet.start();

  const token = await issueDeviceToken(fleet.url, platformId);
  const others = await Promise.all(
    Array.from({ length: otherDevices }, async (_, n) => ({
      token: await issueDeviceToken(fleet.url, `bedroom-tv-${n}`),
      address: `198.51.100.${n + 1}`,
    })),
  );
  const providers = `${fleet.url}/api/providers`;

  /** The viewer on the first device is still signed in. @param {string} address */
  const viewer = async (address) => {
    const answer = JSON.stringify(await ask(`${fleet.url}/api/me`, token, address));
    if (!answer.includes('Cablevision')) throw new Error(`the viewer is signed out: ${answer}`);
  };
  /** @param {string} address */
  const everybody = async (address) => {
    await viewer(address);
    await Promise.all(others.map((device) => ask(`${fleet.url}/api/me`, device.token, device.address)));
    return { register: 0, token: 0, profiles: 1 + otherDevices };
  };

  /** @type {Act[]} */
  const acts = [
    {
      name: `${firstRequests} first requests of one device at once, on ${fleet.size} servers: one registration`,
      play: async () => {
        const asked = Array.from({ length: firstRequests }, () => ask(providers, token, '203.0.113.7'));
        await Promise.all(asked);
        // Each server asks once which providers there are.
        return { register: 1, token: 1, configuration: fleet.size };
      },
    },
    {
      name: 'a viewer signs in: every server knows',
      play: async () => {
        await json(`${simulator.control}/sign-in`, {
          deviceIdentifier: deviceOf(platformId),
          serviceProvider: 'REF30',
          mvpd: 'Cablevision',
        });
        for (let n = 0; n < fleet.size; n += 1) await viewer('203.0.113.8');
        return { register: 0, token: 0, profiles: fleet.size };
      },
    },
    {
      name: `a server is killed while it registers a device: another one does, and ${otherDevices - 1} more`,
      play: async () => {
        const [first, ...rest] = others.map(
          (device) => async () => await ask(providers, device.token, device.address),
        );
        const { mark } = await simulator.ledger(0);
        await json(`${simulator.control}/faults`, {
          endpoint: 'register',
          count: 1,
          effect: { answerDelayMs: 3_000 },
        });
        const asked = [first?.()];
        await registering(mark);
        await fleet.killBusy();
        await Promise.all([...asked, ...rest.map(async (next) => await next())]);
        // The pair that the killed server was about to get was never used.
        return { register: otherDevices + 1, token: otherDevices };
      },
    },
    {
      name: 'all servers restart',
      play: async () => {
        await fleet.restart();
        return await everybody('203.0.113.9');
      },
    },
    ...(redis === undefined
      ? []
      : [
          {
            name: 'Redis is killed and comes back with its append-only file, the servers restart',
            play: async () => {
              await redis.kill();
              await redis.restart();
              await fleet.restart();
              return await everybody('203.0.113.10');
            },
          },
        ]),
  ];

  /** Until a registration is on its way. @param {number} since */
  const registering = async (since) => {
    for (let tries = 0; tries < 250; tries += 1) {
      const { entries } = await simulator.ledger(since);
      if (entries.some(({ endpoint }) => endpoint === 'register')) return;
      await delay(20);
    }
    throw new Error('the device was not registered within 5 s');
  };

  const { wrong } = await playActs(acts, simulator.ledger, print);
  return conclude(wrong, print);
}
