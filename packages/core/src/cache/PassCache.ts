/**
 * An opaque stamp of one stored value. Compare it for equality only.
 * A cache never gives a key the same version twice (at least 96 random bits, or a monotonic counter).
 */
export type Version = string;

/** What a key holds now. */
export interface CacheEntry {
  readonly value: string;
  readonly version: Version;
}

/** What a key shall hold. */
export interface CacheWrite {
  /** ASCII text of at most 16 KiB. */
  readonly value: string;
  /**
   * Milliseconds, an integer of at least 1, counted from when the cache applies the write, by the cache's own clock.
   * `null`: the value never expires and the cache never evicts it.
   */
  readonly ttlMs: number | null;
}

/** The outcome of a swap. A conflict is a value, not an exception, and says what stands there instead. */
export type SwapResult =
  | {
      readonly ok: true;
      /** `null` after a deletion. */
      readonly version: Version | null;
      /**
       * `true`: what was written was on stable storage when this was answered, so that it outlives a power cut of the store.
       * Only where the store has said so; otherwise left out.
       */
      readonly durable?: boolean | undefined;
    }
  | { readonly ok: false; /** `null`: the key is absent. */ readonly current: CacheEntry | null };

export interface CacheReadOptions {
  /**
   * `true`: the answer includes every swap that completed before this call, whoever made it (go to the primary).
   * Otherwise a cache may answer from a replica: absence is then a hint, which only `swap(key, null, …)` can confirm.
   */
  readonly strong?: boolean | undefined;
  /** After this many milliseconds the call must have settled, by rejecting if need be. */
  readonly timeoutMs?: number | undefined;
}

export interface CacheSwapOptions {
  /** After this many milliseconds the call must have settled, by rejecting if need be. */
  readonly timeoutMs?: number | undefined;
}

/** Something an operator should know about a cache. `code` is stable and listed by the cache's documentation. */
export interface CacheFinding {
  readonly level: 'error' | 'warning' | 'info';
  readonly code: string;
  readonly message: string;
  /**
   * `true`: with `strict`, nothing is served while this stands, as with every `error`. For what is no fault that is known
   * of, but stands in the way of finding out: whether a store evicts, for instance.
   */
  readonly failsStrict?: boolean | undefined;
}

/**
 * Where device credentials, tokens and leases live. Implement it to bring a store of your own, and prove it with
 * `cacheConformance` of `@pass-dcr/conformance`.
 *
 * Two methods suffice, because put-if-absent, delete-if-unchanged and leases are all a `swap`. Plain get, set and
 * delete do not suffice: with them, two processes that register one device at the same time overwrite each other's
 * credentials, and a viewer is signed out.
 *
 * | point | rule |
 * |---|---|
 * | atomicity | `swap` is linearizable for each key. Of any number of concurrent swaps that expect the same version, exactly one succeeds. Nothing spans keys. |
 * | read | each key is read atomically; the answers have the length and the order of the keys. Absent and expired are both `null`. |
 * | repetition | a swap that the transport sends twice answers `ok` both times: if the key already holds this very write, that is success; deleting what is absent is success. |
 * | rejection | a rejected promise means that the outcome is unknown. Never reject to say "absent" or "conflict", and never answer either when the store could not be asked. |
 * | expiry | may come late, never early. |
 * | values | any ASCII text up to 16 KiB comes back unchanged. |
 * | keys | `[A-Za-z0-9_.:{}-]`, at most 200 bytes, at most one `{tag}`. The keys of one `read` share their tag. |
 * | concurrency | both methods may be called at any time, also concurrently, until `close` is called. |
 */
export interface PassCache {
  /**
   * Who sees what is stored: `'process'` this process only, `'host'` the processes of one machine,
   * `'shared'` every process. Anything but `'process'` outlives the process, and then `createPass` requires
   * `application` and `secret`.
   */
  readonly scope: 'process' | 'host' | 'shared';

  /** The current entries of `keys`, in their order; `null` for each that is absent or expired. */
  read(keys: readonly string[], options?: CacheReadOptions): Promise<readonly (CacheEntry | null)[]>;

  /**
   * If the key's current version is `expected` (`null`: absent or expired), store `next` (`null`: delete), atomically.
   */
  swap(
    key: string,
    expected: Version | null,
    next: CacheWrite | null,
    options?: CacheSwapOptions,
  ): Promise<SwapResult>;

  /** Looks at the store and says what an operator should know. Never throws for a finding. */
  check?(): Promise<readonly CacheFinding[]>;

  /**
   * Calls `listener` each time the store can be reached again after it could not: it may have lost what it had
   * acknowledged before, such as in a failover, so this process puts back the credentials that it has. More calls than
   * needed do no harm, nor does one at once, before `onReconnect` has returned. Returns a function that ends it, and that
   * may be called more than once. A cache that cannot tell leaves it out.
   */
  onReconnect?(listener: () => void): () => void;

  /**
   * For maintenance, such as sealing every record anew: the keys that begin with `prefix`, in batches, in no order. A key
   * that is there from beginning to end comes at least once. Serving goes on meanwhile.
   */
  keys?(prefix: string): AsyncIterable<readonly string[]>;

  /** Releases what this cache opened itself, and nothing else. May be called more than once. */
  close?(): Promise<void>;
}
