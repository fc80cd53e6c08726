import type { CacheEntry, CacheWrite, SwapResult, Version } from '@pass-dcr/core';
import type { RedisLink, Send } from './link/RedisLink.js';
import { Confirmation, type Replication } from './replication/Confirmation.js';
import { entriesOf, swapResultOf } from './scripts/replies.js';
import { runScript } from './scripts/runScript.js';
import { readScript, swapScript } from './scripts/scripts.js';
import { SplitReads } from './replication/SplitReads.js';
import { withinLimit } from './link/withinLimit.js';
import { isUnconfirmed, newVersion } from './scripts/storedValue.js';

export interface RedisStoreParts {
  readonly primary: RedisLink;
  readonly reader: RedisLink | undefined;
  readonly replication: Replication | undefined;
  readonly isDurable: boolean;
}

export interface ReadLimits {
  readonly readMs: number;
  /** In all, where something has to be confirmed first. */
  readonly confirmMs: number;
}

/** The two operations of a cache as commands. */
export class RedisStore {
  readonly #primary: RedisLink;
  readonly #reader: RedisLink | undefined;
  readonly #replication: Replication | undefined;
  readonly #confirmation: Confirmation;
  /** The service has declared that what it acknowledges is durable. */
  readonly #isDurable: boolean;
  readonly #splitReads = new SplitReads();

  constructor({ primary, reader, replication, isDurable }: RedisStoreParts) {
    this.#primary = primary;
    this.#reader = reader;
    this.#replication = replication;
    this.#confirmation = new Confirmation(primary, replication);
    this.#isDurable = isDurable;
  }

  /** One round trip, which a replica may answer. */
  async read(keys: readonly string[], limits: ReadLimits): Promise<readonly (CacheEntry | null)[]> {
    return await this.#settled(keys, await this.#readOnce(keys, limits.readMs), limits.confirmMs);
  }

  async readStrong(keys: readonly string[], limits: ReadLimits): Promise<readonly (CacheEntry | null)[]> {
    return await this.#settled(keys, await this.#readPrimary(keys, limits.readMs), limits.confirmMs);
  }

  /** What stands there unconfirmed is confirmed before anybody is given it. */
  async #settled(
    keys: readonly string[],
    entries: readonly (CacheEntry | null)[],
    limitMs: number,
  ): Promise<readonly (CacheEntry | null)[]> {
    if (!entries.some((entry) => entry !== null && isUnconfirmed(entry))) return entries;
    const settle = async (key: string, entry: CacheEntry | null): Promise<CacheEntry | null> =>
      await this.#confirmation.settled(key, entry, limitMs, async () => {
        const [again] = await this.#readPrimary([key], limitMs);
        return again ?? null;
      });
    return await withinLimit(
      limitMs,
      Promise.all(keys.map(async (key, index) => await settle(key, entries[index] ?? null))),
    );
  }

  async #readOnce(keys: readonly string[], limitMs: number): Promise<readonly (CacheEntry | null)[]> {
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

  async #readPrimary(keys: readonly string[], limitMs: number): Promise<readonly (CacheEntry | null)[]> {
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
    const args = [expected ?? '', version ?? '', next?.value ?? '', String(next?.ttlMs ?? 0)] as const;
    const replication = next?.ttlMs === null ? this.#replication : undefined;
    const startedAt = performance.now();
    const result = await this.#primary.call(key, limitMs, async (send) => {
      if (replication !== undefined)
        return await this.#confirmation.swap(replication, key, args, version, limitMs);
      const reply = await runScript(async (command) => await send(false, command), swapScript, [key], args);
      return swapResultOf(reply, version);
    });
    if (result.ok) return this.#isDurable && next !== null ? { ...result, durable: true } : result;
    const leftMs = Math.max(1, limitMs - (performance.now() - startedAt));
    const [current] = await this.#settled([key], [result.current], leftMs);
    return { ok: false, current: current ?? null };
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
