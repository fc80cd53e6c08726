import { replyCodeOf } from '../failureOf.js';
import type { Script } from './scripts.js';

/**
 * Runs a script by its hash. Its text is sent only to a server that says it does not know it (restarted, failed over,
 * flushed): to send it after any failure would double the load of a server in trouble.
 */
export async function runScript(
  send: (args: readonly string[]) => Promise<unknown>,
  script: Script,
  keys: readonly string[],
  args: readonly string[],
): Promise<unknown> {
  const rest = [String(keys.length), ...keys, ...args];
  try {
    return await send(['EVALSHA', script.sha1, ...rest]);
  } catch (error) {
    if (replyCodeOf(error) !== 'NOSCRIPT') throw error;
    return await send(['EVAL', script.text, ...rest]);
  }
}
