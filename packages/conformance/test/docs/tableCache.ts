import { randomUUID } from 'node:crypto';
import type { CacheEntry, CacheWrite, PassCache, SwapResult } from '@pass-dcr/core';

export interface Row extends CacheEntry {
  readonly key: string;
  /** Epoch milliseconds; `null`: never. */
  readonly expiresAt: number | null;
}

/** Four statements of a database. Each is atomic, and "now" is the database's own clock. */
export interface Table {
  /** SELECT … WHERE key = ANY(keys) AND (expires_at IS NULL OR expires_at > now) */
  select(keys: readonly string[]): Promise<readonly Row[]>;
  /** INSERT … ON CONFLICT (key) DO UPDATE SET … WHERE expires_at <= now; whether it stored the row */
  insert(key: string, version: string, next: CacheWrite): Promise<boolean>;
  /** UPDATE … WHERE key = key AND version = expected AND (expires_at IS NULL OR expires_at > now) */
  update(key: string, expected: string, version: string, next: CacheWrite): Promise<boolean>;
  /** DELETE … WHERE key = key AND version = expected */
  delete(key: string, expected: string): Promise<boolean>;
}

/** Callers of core allow a read 1 s and a write 2 s. */
const usualTimeoutMs = 2_000;

export function tableCache(table: Table): PassCache {
  let open = true;
  const assertOpen = (): void => {
    if (!open) throw new Error('the cache is closed');
  };

  async function current(key: string): Promise<CacheEntry | null> {
    const [row] = await table.select([key]);
    return row === undefined ? null : { value: row.value, version: row.version };
  }

  async function swap(key: string, expected: string | null, next: CacheWrite | null): Promise<SwapResult> {
    if (next === null) {
      if (expected !== null && (await table.delete(key, expected))) return { ok: true, version: null };
      const found = await current(key);
      return found === null ? { ok: true, version: null } : { ok: false, current: found };
    }
    // Made once per call, so that a statement which the driver sends twice can be recognised below.
    const version = randomUUID();
    const stored =
      expected === null
        ? await table.insert(key, version, next)
        : await table.update(key, expected, version, next);
    if (stored) return { ok: true, version };
    const found = await current(key);
    return found?.version === version ? { ok: true, version } : { ok: false, current: found };
  }

  return {
    scope: 'shared',

    // `strong` needs nothing more here: each statement goes to the primary, and sees what was committed before it.
    async read(keys, { timeoutMs = usualTimeoutMs } = {}) {
      assertOpen();
      const found = await within(timeoutMs, table.select(keys));
      const rows = new Map(found.map((row) => [row.key, row]));
      return keys.map((key) => {
        const row = rows.get(key);
        return row === undefined ? null : { value: row.value, version: row.version };
      });
    },

    async swap(key, expected, next, { timeoutMs = usualTimeoutMs } = {}) {
      assertOpen();
      return await within(timeoutMs, swap(key, expected, next));
    },

    async close() {
      // The table was handed in: whoever opened it closes it.
      open = false;
    },
  };
}

/** Drivers wait for ever by default. What was given up may still happen, which is what a rejection means. */
async function within<Result>(timeoutMs: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
