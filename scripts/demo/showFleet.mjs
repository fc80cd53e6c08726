import { Fleet } from './Fleet.mjs';
import { startSharedCache } from './sharedCache.mjs';
import { startSimulator } from './simulator.mjs';
import { isStopping, stopRequested } from './stopRequest.mjs';
import { thingsToTry } from './thingsToTry.mjs';

/**
 * Several servers that share a cache, until Ctrl-C. One that ends is started again, as an orchestrator does.
 * @param {{ frameworks: import('./readArguments.mjs').Framework[], cache: import('./readArguments.mjs').CacheKind }} demo
 * @param {string} folder
 */
export async function showFleet({ frameworks, cache }, folder) {
  const [simulator, { env, redis }] = await Promise.all([startSimulator(), startSharedCache(cache, folder)]);
  const fleet = new Fleet(frameworks, { ...simulator.env, ...env }, (server, line) =>
    console.log(`server ${server + 1} | ${line}`),
  );
  await fleet.start();
  const servers = fleet.services.map(
    ({ url, child }, index) =>
      `  server ${index + 1}               ${url} (${frameworks[index]}, process ${child.pid})`,
  );
  console.log(`
Adobe Pass (simulated)   ${simulator.url}
${redis === undefined ? '' : `Redis                    ${redis.url}\n`}Programmer service       ${fleet.url}, which asks in turn
${servers.join('\n')}
${thingsToTry(fleet.url, simulator.control)}
Kill a server ("kill -9 ${fleet.services[0]?.child.pid}"), which is then started again; ask again.

Ctrl-C ends everything.
`);
  await Promise.race([stopRequested, simulator.exited, keepRunning(fleet)]);
  if (!isStopping()) throw new Error('the simulator ended by itself');
  return true;
}

/** @param {Fleet} fleet @returns {Promise<never>} */
async function keepRunning(fleet) {
  for (;;) {
    const index = await fleet.anyEnd();
    if (isStopping()) return await new Promise(() => {});
    console.log(`server ${index + 1} has ended; starting it again`);
    await fleet.startMissing();
  }
}
