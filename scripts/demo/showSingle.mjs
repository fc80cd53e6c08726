import { join } from 'node:path';
import { anyEnd } from './programs.mjs';
import { startService } from './service.mjs';
import { startSimulator } from './simulator.mjs';
import { isStopping, stopRequested } from './stopRequest.mjs';
import { thingsToTry } from './thingsToTry.mjs';

/** One server, until Ctrl-C. @param {import('./readArguments.mjs').Framework} framework @param {string} folder */
export async function showSingle(framework, folder) {
  const { url, control, env } = await startSimulator();
  const service = await startService(framework, { ...env, PASS_CACHE_PATH: join(folder, 'cache') }, (line) =>
    console.log(`service | ${line}`),
  );
  console.log(`
Adobe Pass (simulated)   ${url}
Programmer service       ${service.url}
${thingsToTry(service.url, control)}
Ctrl-C ends both.
`);
  await Promise.race([stopRequested, anyEnd()]);
  if (!isStopping()) throw new Error(['a program ended by itself', ...service.lines].join('\n  '));
  return true;
}
