import type { CacheEntry, CacheWrite, PassCache, SwapResult, Version } from '@pass-dcr/core';

/** The faults of a broken cache. Everything else of it is right. */
export interface Faults {
  /** What the conditional write looks like. */
  readonly swapBy?: 'reading and then writing' | 'locking within one handle' | undefined;
  readonly versions?:
    | 'count by key and start anew after a deletion'
    | 'are hashes of the value'
    | 'survive a write of the same value'
    | undefined;
  readonly expiry?:
    | 'early'
    | 'never'
    | 'everything'
    | 'kept by later writes'
    | 'prolonged by conflicts'
    | 'seen by swap too late';
  readonly readOrder?: 'sorted' | 'absent ones left out' | 'without repetitions';
  readonly strongReads?: 'from a snapshot';
  readonly conflicts?: 'without the current entry' | 'are rejections';
  readonly deletions?: 'ignore the version' | 'of what is absent conflict';
  readonly text?:
    | 'values trimmed'
    | 'values cut'
    | 'values are numbers if they can be'
    | 'keys folded'
    | 'keys cut'
    | undefined;
  readonly afterClose?: 'absent' | 'close throws' | 'check throws';
  readonly closing?: 'closes every handle';
  readonly whenInterrupted?: 'absent' | 'conflict';
  readonly whenStalled?: 'hangs';
  readonly whenResent?: 'conflict' | 'two writes';
  readonly reconnect?: 'never lets a listener go' | 'returns nothing';
  readonly keys?: 'the first batch' | 'by their places' | 'like the prefix' | 'none when they cannot be had';
}

interface Stored extends CacheEntry {
  readonly expiresAt: number | null;
}

/** The time of a store, which a test advances. */
export class StoreTime {
  now = 1_800_000_000_000;
}

/** A store that several handles share, as an outside server would be. */
export class SharedMap {
  readonly entries = new Map<string, Stored>();
  readonly counts = new Map<string, number>();
  writes = 0;
  open = true;
  state: 'up' | 'interrupted' | 'stalled' = 'up';

  constructor(readonly time: StoreTime) {}
}

/** A handle onto `map`: right, but for its faults. */
export class SharedMapCache implements PassCache {
  readonly scope = 'shared';
  readonly #snapshots = new Map<string, CacheEntry | null>();
  readonly #listeners = new Set<() => void>();
  #open = true;
  #lock: Promise<unknown> = Promise.resolve();

  constructor(
    readonly map: SharedMap,
    readonly faults: Faults = {},
  ) {}

  async read(
    keys: readonly string[],
    options: { strong?: boolean | undefined; timeoutMs?: number | undefined } = {},
  ): Promise<(CacheEntry | null)[]> {
    if (await this.#fails(options.timeoutMs)) return keys.map(() => null);
    const { readOrder, strongReads } = this.faults;
    const found = keys.map((key) => {
      const entry = this.#current(key);
      if (strongReads === undefined) return entry;
      if (!this.#snapshots.has(key)) this.#snapshots.set(key, entry);
      return this.#snapshots.get(key) ?? null;
    });
    if (readOrder === 'absent ones left out') return found.filter((entry) => entry !== null);
    if (readOrder === 'without repetitions') return [...new Set(keys)].map((key) => this.#current(key));
    if (readOrder === 'sorted') return [...keys].toSorted().map((key) => this.#current(key));
    return found;
  }

  async swap(
    key: string,
    expected: Version | null,
    next: CacheWrite | null,
    options: { timeoutMs?: number | undefined } = {},
  ): Promise<SwapResult> {
    if (await this.#fails(options.timeoutMs)) return { ok: false, current: null };
    for (const listener of this.#listeners) listener();
    const { swapBy } = this.faults;
    switch (swapBy) {
      case 'reading and then writing': {
        const current = this.#current(key);
        await pause();
        return this.#decide(key, expected, next, current);
      }
      case 'locking within one handle': {
        const turn = this.#lock.then(async () => {
          const current = this.#current(key);
          await pause();
          return this.#decide(key, expected, next, current);
        });
        this.#lock = turn.catch(() => undefined);
        return turn;
      }
      case undefined:
        return this.#decide(key, expected, next, this.#current(key));
    }
  }

  /** As a store may that replays to each new listener what it has told the others. */
  onReconnect(listener: () => void): () => void {
    const { reconnect } = this.faults;
    this.#listeners.add(listener);
    listener();
    const end = (): void => {
      if (reconnect !== 'never lets a listener go') this.#listeners.delete(listener);
    };
    return reconnect === 'returns nothing' ? (undefined as unknown as () => void) : end;
  }

  async *keys(prefix: string): AsyncGenerator<readonly string[]> {
    const { keys } = this.faults;
    if (keys === 'none when they cannot be had' && (!this.#open || this.map.state !== 'up')) return;
    await this.#fails();
    const like = new RegExp(`^${prefix.replaceAll(/[{}.]/g, String.raw`\$&`).replaceAll('_', '.')}`, 'i');
    const begins = (key: string): boolean =>
      keys === 'like the prefix' ? like.test(key) : key.startsWith(prefix);
    const sorted = (): string[] => [...this.map.entries.keys()].filter(begins).toSorted();
    let last = '';
    for (let from = 0; ; from += 500) {
      const batch =
        keys === 'by their places'
          ? sorted().slice(from, from + 500)
          : sorted()
              .filter((key) => key > last)
              .slice(0, 500);
      yield batch;
      if (batch.length < 500 || keys === 'the first batch') return;
      last = batch.at(-1) ?? last;
    }
  }

  /** One swap that reaches the store twice. */
  async resend(
    key: string,
    expected: Version | null,
    next: CacheWrite | null,
  ): Promise<[SwapResult, SwapResult]> {
    const first = await this.swap(key, expected, next);
    if (next === null || this.faults.whenResent === 'conflict')
      return [first, await this.swap(key, expected, next)];
    if (this.faults.whenResent === 'two writes' && first.ok)
      return [first, await this.swap(key, first.version, next)];
    return [first, first];
  }

  async check(): Promise<[]> {
    if (this.faults.afterClose === 'check throws' && !this.#open) throw new Error('closed');
    return [];
  }

  async close(): Promise<void> {
    if (this.faults.afterClose === 'close throws' && !this.#open) throw new Error('closed already');
    this.#open = false;
    if (this.faults.closing !== undefined) this.map.open = false;
  }

  async #fails(timeoutMs = 1000): Promise<boolean> {
    const { afterClose, whenInterrupted, whenStalled } = this.faults;
    if (!this.#open || !this.map.open) {
      if (afterClose === 'absent') return true;
      throw new Error('closed');
    }
    if (this.map.state === 'interrupted') {
      if (whenInterrupted !== undefined) return true;
      throw new Error('interrupted');
    }
    if (this.map.state === 'stalled') {
      await new Promise((resolve) => setTimeout(resolve, whenStalled === 'hangs' ? 2600 : timeoutMs));
      throw new Error('timed out');
    }
    return false;
  }

  #current(key: string): CacheEntry | null {
    const stored = this.map.entries.get(this.#place(key));
    if (stored === undefined || (stored.expiresAt !== null && this.map.time.now >= stored.expiresAt))
      return null;
    return { value: stored.value, version: stored.version };
  }

  #decide(
    key: string,
    expected: Version | null,
    next: CacheWrite | null,
    current: CacheEntry | null,
  ): SwapResult {
    const { conflicts, deletions, expiry } = this.faults;
    const stored = this.map.entries.get(this.#place(key));
    const version = (expiry === 'seen by swap too late' ? stored?.version : current?.version) ?? null;
    if (next === null && current === null && deletions !== 'of what is absent conflict')
      return { ok: true, version: null };
    const matches = version === expected || (next === null && deletions === 'ignore the version');
    const deletesAbsence = next === null && current === null;
    if (!matches || deletesAbsence) {
      if (stored !== undefined && next !== null && expiry === 'prolonged by conflicts')
        this.#put(key, stored, next.ttlMs);
      if (conflicts === 'are rejections') throw new Error('conflict');
      return { ok: false, current: conflicts === undefined ? current : null };
    }
    if (next === null) {
      this.map.entries.delete(this.#place(key));
      if (this.faults.versions !== undefined) this.map.counts.delete(key);
      return { ok: true, version: null };
    }
    const ttlMs =
      expiry === 'kept by later writes' && stored !== undefined && stored.expiresAt !== null
        ? stored.expiresAt - this.map.time.now
        : next.ttlMs;
    const entry = { value: this.#text(next.value), version: this.#nextVersion(key, next.value, stored) };
    this.#put(key, entry, ttlMs);
    return { ok: true, version: entry.version };
  }

  #put(key: string, { value, version }: CacheEntry, ttlMs: number | null): void {
    this.map.entries.set(this.#place(key), { value, version, expiresAt: this.#expiresAt(ttlMs) });
  }

  #expiresAt(ttlMs: number | null): number | null {
    const { expiry } = this.faults;
    if (expiry === 'never') return null;
    if (expiry === 'everything') return this.map.time.now + (ttlMs ?? 300);
    if (ttlMs === null) return null;
    return this.map.time.now + (expiry === 'early' ? ttlMs / 2 : ttlMs);
  }

  #nextVersion(key: string, value: string, stored: Stored | undefined): Version {
    this.map.writes += 1;
    const count = (this.map.counts.get(key) ?? 0) + 1;
    this.map.counts.set(key, count);
    const { versions } = this.faults;
    switch (versions) {
      case 'count by key and start anew after a deletion':
        return `v${count}`;
      case 'are hashes of the value':
        return `v${value.length}${value.slice(0, 8)}`;
      case 'survive a write of the same value':
        return stored?.value === value ? stored.version : `v${this.map.writes}`;
      case undefined:
        return `v${this.map.writes}`;
    }
  }

  #place(key: string): string {
    if (this.faults.text === 'keys folded') return key.toLowerCase();
    return this.faults.text === 'keys cut' ? key.slice(0, 128) : key;
  }

  #text(value: string): string {
    const { text } = this.faults;
    switch (text) {
      case 'values trimmed':
        return value.trim();
      case 'values cut':
        return value.slice(0, 8192);
      case 'values are numbers if they can be':
        return value.trim() !== '' && Number.isFinite(Number(value)) ? String(Number(value)) : value;
      case 'keys folded':
      case 'keys cut':
      case undefined:
        return value;
    }
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
