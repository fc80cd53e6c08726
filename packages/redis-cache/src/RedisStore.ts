import type { CacheEntry, CacheWrite, SwapResult, Version } from '@pass-dcr/core';
import type { RedisLink } from './RedisLink.js';
import { entriesOf, swapResultOf } from './replies.js';
import { runScript } from './runScript.js';
import { readScript, swapScript } from './scripts.js';
import { newVersion } from './storedValue.js';

/** The two operations of a cache as commands. */
export class RedisStore {
  readonly #primary: RedisLink;
  readonly #reader: RedisLink | undefined;

  constructor(primary: RedisLink, reader: RedisLink | undefined) {
    this.#primary = primary;
    this.#reader = reader;
  }

  /** One round trip, which a replica may answer. */
  async read(keys: readonly string[], limitMs: number): Promise<readonly (CacheEntry | null)[]> {
    const [first] = keys;
    if (first === undefined) return [];
    if (this.#reader === undefined) return await mget(this.#primary, first, keys, limitMs);
    const startedAt = performance.now();
    try {
      // The other half is the primary's, if the reader does not answer.
      return await mget(this.#reader, first, keys, limitMs / 2);
    } catch {
      return await mget(this.#primary, first, keys, limitMs - (performance.now() - startedAt));
    }
  }

  async readStrong(keys: readonly string[], limitMs: number): Promise<readonly (CacheEntry | null)[]> {
    const [first] = keys;
    if (first === undefined) return [];
    return await this.#primary.call(first, limitMs, async (send) => {
      const reply = await runScript((args) => send(false, args), readScript, keys, []);
      return entriesOf(reply, keys.length);
    });
  }

  async swap(
    key: string,
    expected: Version | null,
    next: CacheWrite | null,
    limitMs: number,
  ): Promise<SwapResult> {
    // Once for each call, so that a command that the driver sends again is known again.
    const version = next === null ? null : newVersion();
    const args = [expected ?? '', version ?? '', next?.value ?? '', String(next?.ttlMs ?? 0)];
    return await this.#primary.call(key, limitMs, async (send) =>
      swapResultOf(await runScript((command) => send(false, command), swapScript, [key], args), version),
    );
  }
}

async function mget(
  link: RedisLink,
  first: string,
  keys: readonly string[],
  limitMs: number,
): Promise<readonly (CacheEntry | null)[]> {
  return await link.call(first, limitMs, async (send) =>
    entriesOf(await send(true, ['MGET', ...keys]), keys.length),
  );
}
