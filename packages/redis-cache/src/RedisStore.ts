import type { CacheEntry, CacheWrite, SwapResult, Version } from '@pass-dcr/core';
import type { RedisLink, Send } from './link/RedisLink.js';
import type { ReplicatedWrites } from './replication/ReplicatedWrites.js';
import { entriesOf, swapResultOf } from './scripts/replies.js';
import { runScript } from './scripts/runScript.js';
import { readScript, swapScript } from './scripts/scripts.js';
import { SplitReads } from './replication/SplitReads.js';
import { newVersion } from './scripts/storedValue.js';

/** The two operations of a cache as commands. */
export class RedisStore {
  readonly #primary: RedisLink;
  readonly #reader: RedisLink | undefined;
  readonly #replication: Replication | undefined;
  readonly #splitReads = new SplitReads();

  constructor(primary: RedisLink, reader: RedisLink | undefined, replication: Replication | undefined) {
    this.#primary = primary;
    this.#reader = reader;
    this.#replication = replication;
  }

  /** One round trip, which a replica may answer. */
  async read(keys: readonly string[], limitMs: number): Promise<readonly (CacheEntry | null)[]> {
    const [first] = keys;
    if (first === undefined) return [];
    if (this.#reader === undefined) return await this.#mget(this.#primary, first, keys, limitMs);
    const startedAt = performance.now();
    try {
      // The other half is the primary's, if the reader does not answer.
      return await this.#mget(this.#reader, first, keys, limitMs / 2);
    } catch {
      return await this.#mget(this.#primary, first, keys, limitMs - (performance.now() - startedAt));
    }
  }

  async readStrong(keys: readonly string[], limitMs: number): Promise<readonly (CacheEntry | null)[]> {
    const [first] = keys;
    if (first === undefined) return [];
    return await this.#readBy(this.#primary, first, keys, limitMs, async (send, some) => {
      return await runScript(async (args) => await send(false, args), readScript, some, []);
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
    const replication = next?.ttlMs === null ? this.#replication : undefined;
    return await this.#primary.call(key, limitMs, async (send) => {
      if (replication !== undefined) return await writeReplicated(replication, key, args, version, limitMs);
      const reply = await runScript(async (command) => await send(false, command), swapScript, [key], args);
      return swapResultOf(reply, version);
    });
  }

  async #mget(
    link: RedisLink,
    first: string,
    keys: readonly string[],
    limitMs: number,
  ): Promise<readonly (CacheEntry | null)[]> {
    return await this.#readBy(
      link,
      first,
      keys,
      limitMs,
      async (send, some) => await send(true, ['MGET', ...some]),
    );
  }

  async #readBy(
    link: RedisLink,
    first: string,
    keys: readonly string[],
    limitMs: number,
    ask: (send: Send, keys: readonly string[]) => Promise<unknown>,
  ): Promise<readonly (CacheEntry | null)[]> {
    return await link.call(first, limitMs, async (send) => {
      const readSome = async (some: readonly string[]): Promise<readonly (CacheEntry | null)[]> =>
        entriesOf(await ask(send, some), some.length);
      return await this.#splitReads.read(keys, readSome, link.isCluster ? limitMs / 2 : undefined);
    });
  }
}

/** How credentials are written where replicas have to confirm them. */
export interface Replication {
  readonly writes: ReplicatedWrites;
  readonly replicas: number;
  /** Says that fewer have. Throws if the write must not count as stored then. */
  readonly onShortWait: (confirmed: number) => void;
}

async function writeReplicated(
  { writes, replicas, onShortWait }: Replication,
  key: string,
  args: readonly string[],
  version: Version | null,
  limitMs: number,
): Promise<SwapResult> {
  // With its text, because a hash that the server does not know would be told only after the WAIT.
  const command = ['EVAL', swapScript.text, '1', key, ...args];
  const { reply, confirmed } = await writes.write(command, limitMs);
  const result = swapResultOf(reply, version);
  if (result.ok && confirmed < replicas) onShortWait(confirmed);
  return result;
}
