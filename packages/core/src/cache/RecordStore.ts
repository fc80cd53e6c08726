import type { Clock } from '../time/clock.js';
import { isPassError, PassError } from '../errors.js';
import { parseEntries, parseFindings, parseKeys, parseSwapResult } from './cacheAnswers.js';
import { CacheFailure } from './CacheFailure.js';
import type { LastingWrites } from './LastingWrites.js';
import type { CacheEntry, CacheFinding, PassCache, Version } from './PassCache.js';
import type { Sealer, UnreadableReason } from './sealing.js';
import { settleWithin } from '../time/settleWithin.js';
import type { Timing } from '../timing.js';

/** What `PassCache` takes as a value. */
const maxSealedLength = 16 * 1024;

/** What a key holds, opened. A record that cannot be opened is not an absent one: it is somebody's credentials. */
export type StoreSlot<Value = unknown> =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'stored';
      readonly version: Version;
      readonly value: Value;
      /** An older secret than the first of the list sealed it. */
      readonly isOutdated: boolean;
    }
  | { readonly kind: 'unreadable'; readonly version: Version; readonly reason: UnreadableReason };

export type StoreSwapResult<Value = unknown> =
  | { readonly ok: true; /** `null` after a deletion. */ readonly version: Version | null }
  | { readonly ok: false; readonly current: StoreSlot<Value> };

/**
 * Sealed records on top of any `PassCache`.
 *
 * Every method settles in time even if the cache never does. `read` and `swap` reject with nothing but
 * `cache_unavailable`: for a cache that throws, hangs, or answers what is no answer. After a rejected swap the outcome
 * is unknown.
 */
export interface SealedStore<Value> {
  /** One slot for each key, in their order. The keys share their `{tag}`. */
  read(
    keys: readonly string[],
    options?: { readonly strong?: boolean | undefined },
  ): Promise<readonly StoreSlot<Value>[]>;
  /**
   * `value`: `null` deletes. `ttlMs` is rounded up to a whole millisecond, because a record may expire late but not early;
   * `null`: never.
   */
  swap(
    key: string,
    expected: Version | null,
    value: Value | null,
    ttlMs: number | null,
  ): Promise<StoreSwapResult<Value>>;
  /**
   * The keys that begin with `prefix`, in batches; `null`: the cache cannot list them. Rejects with `cache_unavailable`.
   */
  keys(prefix: string): AsyncIterable<readonly string[]> | null;
  /** What the cache reports of itself. Never rejects: a cache that cannot tell is a finding too. */
  check(): Promise<readonly CacheFinding[]>;
}

/** Of the few records that all processes share: anything that JSON holds. */
export type RecordStore = SealedStore<unknown>;

/** Of the many records of devices: their bytes, as they were given. */
export type ByteStore = SealedStore<Uint8Array>;

export interface RecordStoreOptions {
  readonly cache: PassCache;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly timing: Timing['cache'];
  /** Told of each write without an expiry that the cache has acknowledged. */
  readonly writes?: Pick<LastingWrites, 'add'> | undefined;
}

export function createRecordStore(options: RecordStoreOptions): RecordStore {
  return createSealedStore(options, { encode: jsonBytes, decode: parsedJson });
}

export function createByteStore(options: RecordStoreOptions): ByteStore {
  return createSealedStore(options, { encode: (bytes) => bytes, decode: (bytes) => bytes });
}

interface Codec<Value> {
  encode(value: Value): Uint8Array;
  /** May throw, for bytes that are no such record. */
  decode(bytes: Uint8Array): Value;
}

function createSealedStore<Value>(options: RecordStoreOptions, codec: Codec<Value>): SealedStore<Value> {
  const { cache, sealer, clock, timing } = options;
  const { readTimeoutMs, swapTimeoutMs, listTimeoutMs, retryAfterMs } = timing;

  const cacheUnavailable = (operation: Operation, error: unknown): PassError =>
    unavailable(operation, error, retryAfterMs);

  const slotOf = (key: string, entry: CacheEntry | null): StoreSlot<Value> => {
    if (entry === null) return { kind: 'absent' };
    const { version } = entry;
    const opened = sealer.open(key, entry.value);
    if (!opened.ok) return { kind: 'unreadable', version, reason: opened.reason };
    try {
      const value = codec.decode(opened.plaintext);
      return { kind: 'stored', version, value, isOutdated: opened.isOutdated };
    } catch {
      // A SyntaxError quotes its input, which may hold what nobody should see: it goes nowhere.
      return { kind: 'unreadable', version, reason: 'damaged' };
    }
  };

  async function* listed(open: () => AsyncIterable<unknown>): AsyncGenerator<readonly string[]> {
    let end = async (): Promise<unknown> => undefined;
    try {
      const iterator = open()[Symbol.asyncIterator]();
      end = async () => await iterator.return?.();
      for (;;) {
        const next = await settleWithin(
          clock,
          listTimeoutMs,
          () => iterator.next(),
          () => timedOut(listTimeoutMs),
        );
        if (next.done === true) return;
        yield parseKeys(next.value);
      }
    } catch (error) {
      throw cacheUnavailable('read', error);
    } finally {
      // Nobody waits for it: what never answers does not end either.
      end().catch(() => undefined);
    }
  }

  return {
    async read(keys, { strong = false } = {}) {
      try {
        const answer = await settleWithin<unknown>(
          clock,
          readTimeoutMs,
          () => cache.read(keys, { strong, timeoutMs: readTimeoutMs }),
          () => timedOut(readTimeoutMs),
        );
        const entries = parseEntries(answer, keys.length);
        return keys.map((key, index) => slotOf(key, entries[index] ?? null));
      } catch (error) {
        throw cacheUnavailable('read', error);
      }
    },

    async swap(key, expected, value, ttlMs) {
      const operation = value === null ? 'delete' : 'write';
      try {
        const next =
          value === null
            ? null
            : { value: sealed(sealer, key, codec.encode(value)), ttlMs: wholeTtlMs(ttlMs) };
        const answer = await settleWithin<unknown>(
          clock,
          swapTimeoutMs,
          () => cache.swap(key, expected, next, { timeoutMs: swapTimeoutMs }),
          () => timedOut(swapTimeoutMs),
        );
        const result = parseSwapResult(answer, expected, operation);
        if (result.ok && next?.ttlMs === null) options.writes?.add(result.durable === true);
        return result.ok
          ? { ok: true, version: result.version }
          : { ok: false, current: slotOf(key, result.current) };
      } catch (error) {
        throw cacheUnavailable(operation, error);
      }
    },

    keys(prefix) {
      const list = cache.keys?.bind(cache);
      return list === undefined ? null : listed(() => list(prefix));
    },

    async check() {
      try {
        const answer = await settleWithin<unknown>(
          clock,
          swapTimeoutMs,
          async () => await cache.check?.(),
          () => timedOut(swapTimeoutMs),
        );
        return parseFindings(answer);
      } catch {
        return [
          { level: 'warning', code: 'cache_unavailable', message: 'The cache could not check itself.' },
        ];
      }
    },
  };
}

type Operation = 'read' | 'write' | 'delete';

function sealed(sealer: Sealer, key: string, plaintext: Uint8Array): string {
  const text = sealer.seal(key, plaintext);
  if (text.length <= maxSealedLength) return text;
  throw new CacheFailure(`a sealed record of ${text.length} characters is longer than ${maxSealedLength}`);
}

function jsonBytes(value: unknown): Uint8Array {
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch {
    // Falls through: what the error says of the record goes nowhere.
  }
  if (json === undefined) throw new CacheFailure('the record is not JSON');
  return Buffer.from(json, 'utf8');
}

function parsedJson(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
}

function wholeTtlMs(ttlMs: number | null): number | null {
  if (ttlMs === null) return null;
  if (!Number.isFinite(ttlMs))
    throw new CacheFailure(`ttlMs must be a finite number or null, received ${ttlMs}`);
  return Math.max(1, Math.ceil(ttlMs));
}

function timedOut(timeoutMs: number): CacheFailure {
  return new CacheFailure(`no answer within ${timeoutMs} ms`);
}

const couldNot: Readonly<Record<Operation, string>> = {
  read: 'the cache could not be read',
  write: 'the cache could not be written',
  delete: 'the cache could not delete a record',
};

function unavailable(operation: Operation, error: unknown, retryAfterMs: number): PassError {
  // A PassError's message is written to be shown; it says itself what could not be done.
  if (isPassError(error)) return new PassError('cache_unavailable', error.message, { retryAfterMs });
  return error instanceof CacheFailure
    ? new PassError('cache_unavailable', `${couldNot[operation]}: ${error.message}`, { retryAfterMs })
    : new PassError('cache_unavailable', `${couldNot[operation]}: ${nameOf(error)}`, { retryAfterMs });
}

/**
 * What another's error is called, such as `Error ECONNREFUSED`. No more, and no `cause`: its message and its members may
 * hold the address of a server with the password in it, and every log shows the cause of an error.
 */
export function nameOf(error: unknown): string {
  try {
    const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
    const known = typeof name === 'string' && /^[A-Za-z]{1,40}$/.test(name) ? name : 'Error';
    return typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/.test(code) ? `${known} ${code}` : known;
  } catch {
    // A member that throws when it is looked at.
    return 'Error';
  }
}
