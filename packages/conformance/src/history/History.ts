import type { CacheEntry, Version } from '@pass-dcr/core';

interface Called {
  readonly key: string;
  /** Milliseconds of one clock for all processes, which never goes back. */
  readonly calledAt: number;
  /** `null`: it never was, or nobody knows what came of it. */
  readonly answeredAt: number | null;
}

/** A strong read that was answered. */
export interface ReadOperation extends Called {
  readonly type: 'read';
  readonly answeredAt: number;
  readonly found: CacheEntry | null;
}

/** A swap for a value that no other one writes. */
export interface SwapOperation extends Called {
  readonly type: 'swap';
  readonly expected: Version | null;
  readonly value: string;
  readonly outcome:
    | { readonly type: 'stored'; readonly version: Version }
    | { readonly type: 'conflict'; readonly current: CacheEntry | null }
    /** It was rejected: it may have been stored, or may be later. */
    | { readonly type: 'unknown' };
}

export type Operation = ReadOperation | SwapOperation;

/** What several processes did with a cache. */
export interface CacheHistory {
  readonly operations: readonly Operation[];
  /** What each key held once all was over, by a strong read. */
  readonly last: ReadonlyMap<string, CacheEntry | null>;
}
