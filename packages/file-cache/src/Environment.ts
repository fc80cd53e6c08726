import { setImmediate } from 'node:timers/promises';
import type { CacheEntry, CacheWrite, SwapResult, Version } from '@pass-dcr/core';
import type { Database, RootDatabase } from 'lmdb';
import { DataFile } from './DataFile.js';
import { decodeEntry, encodeEntry, isExpired, stampEntry } from './entryCodec.js';
import { ExpirySweep } from './ExpirySweep.js';
import { causeOf } from './reasonOf.js';
import { attempts, tooManyOpeners, type LastTransaction } from './LastTransaction.js';

const keysPerBatch = 1000;

/** One open LMDB environment. A process may open a folder only once, so all caches of a folder share it. */
export class Environment {
  readonly #root: RootDatabase<Buffer, string>;
  readonly #entries: Database<Buffer, string>;
  readonly #sweep: ExpirySweep;
  readonly #last: LastTransaction;
  readonly #file: DataFile;
  #failure: unknown = null;
  readonly #pending = new Set<Promise<unknown>>();

  constructor(
    readonly path: string,
    root: RootDatabase<Buffer, string>,
    entries: Database<Buffer, string>,
    last: LastTransaction,
  ) {
    this.#root = root;
    this.#entries = entries;
    this.#last = last;
    this.#file = new DataFile(path);
    this.#sweep = new ExpirySweep(entries);
  }

  /** What the keys hold at one instant, as this process sees the file at present. */
  read(keys: readonly string[]): (CacheEntry | null)[] {
    // LMDB reads a snapshot, and lmdb-js keeps one for a turn of the event loop: without this, what another process
    // committed meanwhile is not in it.
    this.#entries.resetReadTxn();
    return this.#look(keys);
  }

  /** The same, and it includes every swap that any process completed before this call. */
  async readLatest(keys: readonly string[]): Promise<(CacheEntry | null)[]> {
    const last = this.#last.committed();
    const found = this.read(keys);
    // Else a commit is on its way to the disk, or an opening process has set the others back: the lock knows.
    return this.#last.seen() >= last ? found : await this.#write(() => this.#look(keys));
  }

  /**
   * One write transaction. LMDB has a single writer among all processes, so nothing happens between its look and its
   * write. Waiting for the lock and the disk happens on a thread of lmdb, never on the event loop.
   */
  async swap(key: string, expected: Version | null, next: CacheWrite | null): Promise<SwapResult> {
    const result = await this.#write(() => this.#swapNow(key, expected, next));
    if (result.ok) this.#failure = null;
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

  /** Why a write would fail now, or why the last one did; `null` if none did. */
  async failure(): Promise<unknown> {
    return await this.#file.assertSame().then(
      () => this.#failure,
      (error: unknown) => error,
    );
  }

  /** Resolves when nothing is under way any more. */
  async drain(): Promise<void> {
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
  }

  async close(): Promise<void> {
    await this.#root.close();
  }

  /** Runs `work` in a write transaction that stands on the last one, and resolves once it is on the disk. */
  async #write<Result>(work: () => Result): Promise<Result> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const outcome = await this.#track(this.#transaction(work));
      if (outcome !== null) return outcome.result;
    }
    throw tooManyOpeners();
  }

  async #transaction<Result>(work: () => Result): Promise<{ readonly result: Result } | null> {
    try {
      await this.#file.assertSame();
      return await this.#entries.transaction(() => (this.#last.standsOnLast() ? { result: work() } : null));
    } catch (error) {
      this.#failure = await causeOf(error);
      throw this.#failure;
    }
  }

  #look(keys: readonly string[]): (CacheEntry | null)[] {
    const now = Date.now();
    return keys.map((key) => this.#get(key, now));
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
