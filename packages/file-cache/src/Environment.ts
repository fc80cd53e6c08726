import { setImmediate } from 'node:timers/promises';
import type { CacheEntry, CacheWrite, SwapResult, Version } from '@pass-dcr/core';
import type { Database, RootDatabase } from 'lmdb';
import { decodeEntry, encodeEntry, isExpired, stampEntry } from './entryCodec.js';
import { ExpirySweep } from './ExpirySweep.js';

const keysPerBatch = 1000;

/** One open LMDB environment. A process may open a folder only once, so all caches of a folder share it. */
export class Environment {
  readonly #root: RootDatabase<Buffer, string>;
  readonly #entries: Database<Buffer, string>;
  readonly #sweep: ExpirySweep;
  readonly #pending = new Set<Promise<unknown>>();

  constructor(
    readonly path: string,
    root: RootDatabase<Buffer, string>,
    entries: Database<Buffer, string>,
  ) {
    this.#root = root;
    this.#entries = entries;
    this.#sweep = new ExpirySweep(entries);
  }

  /** What the keys hold at one instant, which includes every swap that any process completed before this call. */
  read(keys: readonly string[]): (CacheEntry | null)[] {
    // LMDB reads a snapshot, and lmdb-js keeps one for a turn of the event loop: without this, what another process
    // committed meanwhile is not in it.
    this.#entries.resetReadTxn();
    const now = Date.now();
    return keys.map((key) => this.#get(key, now));
  }

  /**
   * One write transaction. LMDB has a single writer among all processes, so nothing happens between its look and its
   * write. Waiting for the lock and the disk happens on a thread of lmdb, never on the event loop.
   */
  async swap(key: string, expected: Version | null, next: CacheWrite | null): Promise<SwapResult> {
    // Who has lost already need not take the lock: a conflict is as true at the instant of a read.
    this.#entries.resetReadTxn();
    const early = decide(this.#get(key, Date.now()), expected, next);
    if (early !== 'apply') return early;
    const result = await this.#track(this.#entries.transaction(() => this.#swapNow(key, expected, next)));
    // Credentials must survive a power cut before anybody uses them; a token or a lease need not.
    if (result.ok && next !== null && next.ttlMs === null) await this.#track(this.#flushed());
    return result;
  }

  /**
   * The keys that begin with `prefix`, expired ones too. Each batch is read from a snapshot of its own: one that were kept
   * for the whole walk would keep LMDB from using any page again that is written meanwhile, and the file would grow.
   */
  async *keys(prefix: string): AsyncGenerator<readonly string[]> {
    let from: { readonly start?: string; readonly exclusiveStart?: true } =
      prefix === '' ? {} : { start: prefix };
    for (;;) {
      this.#entries.resetReadTxn();
      const walked = [...this.#entries.getKeys({ ...from, limit: keysPerBatch })];
      const batch = walked.filter((key) => key.startsWith(prefix));
      yield batch;
      const last = batch.at(-1);
      if (last === undefined || batch.length < keysPerBatch) return;
      from = { start: last, exclusiveStart: true };
      await setImmediate();
    }
  }

  /** Resolves when nothing is under way any more. */
  async drain(): Promise<void> {
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
  }

  async close(): Promise<void> {
    await this.#root.close();
  }

  #swapNow(key: string, expected: Version | null, next: CacheWrite | null): SwapResult {
    const now = Date.now();
    const decision = decide(this.#get(key, now), expected, next);
    if (decision !== 'apply') return decision;
    if (next === null) {
      this.#entries.removeSync(key);
      return { ok: true, version: null };
    }
    const entry = stampEntry(next, now);
    this.#entries.putSync(key, encodeEntry(entry));
    this.#sweep.afterWrite(now);
    return { ok: true, version: entry.version };
  }

  #get(key: string, now: number): CacheEntry | null {
    const bytes = this.#entries.get(key);
    if (bytes === undefined) return null;
    const entry = decodeEntry(bytes);
    return isExpired(entry, now) ? null : { value: entry.value, version: entry.version };
  }

  async #flushed(): Promise<void> {
    await this.#entries.flushed;
  }

  #track<Result>(work: Promise<Result>): Promise<Result> {
    const forget = (): void => void this.#pending.delete(work);
    this.#pending.add(work);
    work.then(forget, forget);
    return work;
  }
}

function decide(
  current: CacheEntry | null,
  expected: Version | null,
  next: CacheWrite | null,
): SwapResult | 'apply' {
  if (next === null && current === null) return { ok: true, version: null };
  return (current?.version ?? null) === expected ? 'apply' : { ok: false, current };
}
