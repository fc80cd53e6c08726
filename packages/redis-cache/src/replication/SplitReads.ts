import type { CacheEntry } from '@pass-dcr/core';
import { failureOf } from '../failureOf.js';
import { withinLimit } from '../link/withinLimit.js';

type ReadSome = (keys: readonly string[]) => Promise<readonly (CacheEntry | null)[]>;

/** A slot that moves has few devices; and a Cluster that is merely slow must not get more to do. */
const maxAtOnce = 8;

/**
 * Reads of several keys where their slot may be on its way to another node. Meanwhile either node refuses a command with
 * several keys of which it does not have all, and a lease hardly ever exists; of one key, either says where it is. Some
 * clients pass the refusal on, others repeat the command until the slot has moved, which an interrupted move never ends.
 */
export class SplitReads {
  #atOnce = 0;

  /** `patienceMs`: after so long without an answer each key is asked for by itself; `undefined`: only if it is refused. */
  async read(
    keys: readonly string[],
    readSome: ReadSome,
    patienceMs: number | undefined,
  ): Promise<readonly (CacheEntry | null)[]> {
    const together = readSome(keys);
    if (keys.length === 1) return await together;
    try {
      return await (patienceMs === undefined ? together : withinLimit(patienceMs, together));
    } catch (error) {
      const { redisCode } = failureOf(error);
      if (redisCode === 'TRYAGAIN') return await oneByOne(keys, readSome);
      if (redisCode !== 'TIMEOUT' || this.#atOnce >= maxAtOnce) return await together;
    }
    this.#atOnce += 1;
    try {
      return await Promise.any([together, oneByOne(keys, readSome)]);
    } catch (error) {
      throw firstOf(error);
    } finally {
      this.#atOnce -= 1;
    }
  }
}

async function oneByOne(
  keys: readonly string[],
  readSome: ReadSome,
): Promise<readonly (CacheEntry | null)[]> {
  return (await Promise.all(keys.map(async (key) => await readSome([key])))).flat();
}

/** Of what `Promise.any` rejects with. */
function firstOf(error: unknown): unknown {
  const { errors } = (error ?? {}) as { readonly errors?: unknown };
  return Array.isArray(errors) ? errors[0] : error;
}
