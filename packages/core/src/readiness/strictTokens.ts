import type { AccessTokens } from '../session/AccessTokens.js';

/**
 * `tokens`, of which none is looked up, asked for or renewed before the cache is known to be fit. One in memory can only
 * be there afterwards, so it costs nothing.
 */
export function strictTokens(
  tokens: AccessTokens,
  assertFit: (signal?: AbortSignal) => Promise<void>,
): AccessTokens {
  return {
    keyOf: (device) => tokens.keyOf(device),
    peek: (key, device) => tokens.peek(key, device),
    async get(key, device, options) {
      await assertFit(options?.signal);
      return await tokens.get(key, device, options);
    },
    pairOf: (key) => tokens.pairOf(key),
    sawSignIn: (key, accessToken) => tokens.sawSignIn(key, accessToken),
    sawSignOut: (key, accessToken) => tokens.sawSignOut(key, accessToken),
  };
}
