import { isStopping } from './stopRequest.mjs';

/**
 * Plays in silence and says in one line how it went; all of it only where it went wrong.
 * @param {string} name
 * @param {(print: import('./acts.mjs').Print) => Promise<boolean>} play
 * @returns {Promise<boolean>}
 */
export async function summarise(name, play) {
  const started = performance.now();
  /** @type {string[]} */
  const lines = [];
  const succeeded = await play((line) => lines.push(line)).catch((/** @type {unknown} */ error) => {
    lines.push(error instanceof Error ? error.message : String(error));
    return false;
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (succeeded) console.log(`  ✓ ${name} all counts are as they should be (${seconds} s)`);
  else if (!isStopping()) console.log([`  ✗ ${name} (${seconds} s)`, ...lines].join('\n'));
  return succeeded;
}
