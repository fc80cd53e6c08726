import { setImmediate } from 'node:timers/promises';
import type { CacheEntry, CacheWrite, SwapResult, Version } from '@pass-dcr/core';
import type { Database, RootDatabase } from 'lmdb';
import { DataFile } from './DataFile.js';
import { decodeEntry, encodeEntry, isExpired, stampEntry } from './entryCodec.js';
import { ExpirySweep } from './ExpirySweep.js';
import { causeOf, isPanic } from './reasonOf.js';
import { attempts, tooManyOpeners, type LastTransaction } from './LastTransaction.js';

const keysPerBatch = 1000;

/** What LMDB has open of a folder. */
export interface Opened {
  readonly root: RootDatabase<Buffer, string>;
  readonly entries: Database<Buffer, string>;
  readonly last: LastTransaction;
}

/** One open LMDB environment. A process may open a folder only once, so all caches of a folder share it. */
export class Environment {
  readonly #open: () => Opened;
  readonly #file: DataFile;
  /** `null` while it is opened anew. */
  #opened: (Opened & { readonly sweep: ExpirySweep }) | null;
  #reopening: Promise<void> | null = null;
  #failure: unknown = null;
  readonly #pending = new Set<Promise<unknown>>();

  /** @param open opens the folder, now and again after what LMDB calls a panic; throws where it cannot be opened */
  constructor(
    readonly path: string,
    open: () => Opened,
  ) {
    this.#open = open;
    this.#opened = withSweep(open());
    this.#file = new DataFile(path);
  }

  get #lmdb(): Opened & { readonly sweep: ExpirySweep } {
    if (this.#opened === null) throw new Error('it is being opened anew, because a write had failed');
    return this.#opened;
  }

  /** What the keys hold at one instant, as this process sees the file at present. */
  read(keys: readonly string[]): (CacheEntry | null)[] {
    // LMDB reads a snapshot, and lmdb-js keeps one for a turn of the event loop: without this, what another process
    // committed meanwhile is not in it.
    this.#file.assertWhole();
    this.#lmdb.entries.resetReadTxn();
    return this.#look(keys);
  }

  /** The same, and it includes every swap that any process completed before this call. */
  async readLatest(keys: readonly string[]): Promise<(CacheEntry | null)[]> {
    const last = this.#lmdb.last.committed();
    const found = this.read(keys);
    // Else a commit is on its way to the disk, or an opening process has set the others back: the lock knows.
    return this.#lmdb.last.seen() >= last ? found : await this.#write(() => this.#look(keys));
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
      this.#file.assertWhole();
      this.#lmdb.entries.resetReadTxn();
      const walked = [...this.#lmdb.entries.getKeys({ ...from, limit: keysPerBatch })];
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
    await this.#reopening?.catch(() => undefined);
    await this.#opened?.root.close();
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
      if (this.#opened === null) await this.#reopen();
      const { entries, last } = this.#lmdb;
      return await entries.transaction(() => (last.standsOnLast() ? { result: work() } : null));
    } catch (error) {
      this.#failure = await causeOf(error);
      // The next write finds it open again, or tries once more.
      if (isPanic(this.#failure)) await this.#reopen().catch(() => undefined);
      throw this.#failure;
    }
  }

  /** After a commit that failed half-way LMDB takes no further write, and asks to be closed. */
  async #reopen(): Promise<void> {
    const reopen = async (): Promise<void> => {
      const opened = this.#opened;
      this.#opened = null;
      await opened?.root.close();
      this.#opened = withSweep(this.#open());
    };
    this.#reopening ??= reopen().finally(() => {
      this.#reopening = null;
    });
    await this.#reopening;
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
      this.#lmdb.entries.removeSync(key);
      return { ok: true, version: null };
    }
    const entry = stampEntry(next, now);
    this.#lmdb.entries.putSync(key, encodeEntry(entry));
    this.#lmdb.sweep.afterWrite(now);
    return { ok: true, version: entry.version };
  }

  #get(key: string, now: number): CacheEntry | null {
    const bytes = this.#lmdb.entries.get(key);
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

function withSweep(opened: Opened): Opened & { readonly sweep: ExpirySweep } {
  return { ...opened, sweep: new ExpirySweep(opened.entries) };
}

function decide(
  current: CacheEntry | null,
  expected: Version | null,
  next: CacheWrite | null,
): SwapResult | 'apply' {
  if (next === null && current === null) return { ok: true, version: null };
  return (current?.version ?? null) === expected ? 'apply' : { ok: false, current };
}
