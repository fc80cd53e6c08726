import type { CacheWrite, PassCache, SwapResult, Version } from '@pass-dcr/core';
import type { RunnerExpect, RunnerIt } from '../runner.js';

/** What a store must let its tests do, beyond reading and writing, for every rule to be exercised. */
export interface CacheCapabilities {
  /**
   * Another handle onto the store of `cache`: another connection, better another process. Cases for it show that
   * several processes agree.
   */
  readonly createPeer?: ((cache: PassCache) => PassCache | Promise<PassCache>) | undefined;
  /** Lets `byMs` pass for the store. Without it the suite waits, which takes some seconds. */
  readonly advance?: ((byMs: number) => void | Promise<void>) | undefined;
  /** Cuts the store of `cache` off: from now on every call must reject. */
  readonly interrupt?: ((cache: PassCache) => void | Promise<void>) | undefined;
  /** Makes the store of `cache` accept calls and never answer: each must then reject after its `timeoutMs`. */
  readonly stall?: ((cache: PassCache) => void | Promise<void>) | undefined;
  /** One `swap` that the transport sends twice, and the answers to both. */
  readonly resend?:
    | ((
        cache: PassCache,
        key: string,
        expected: Version | null,
        next: CacheWrite | null,
      ) => Promise<readonly [SwapResult, SwapResult]>)
    | undefined;
}

export type CacheCapability = keyof CacheCapabilities;

/** What a case needs and may be missing: an option of the suite, or an optional method of the cache. */
export type CacheNeed = CacheCapability | 'keys' | 'onReconnect' | 'close';

export interface CacheConformanceOptions extends CacheCapabilities {
  readonly it: RunnerIt;
  readonly expect: RunnerExpect;
  /**
   * A cache for one case, closed after it. Cases use keys that nothing else uses, so all of them may share one store.
   */
  readonly create: () => PassCache | Promise<PassCache>;
}

export interface CacheConformanceReport {
  /** Every case that was handed to `it`. One that needs an optional method is counted below once it has been run. */
  readonly cases: readonly string[];
  /** Cases that were not run, with the capability they need. They are skipped visibly, not passed. */
  readonly notOffered: readonly { readonly name: string; readonly needs: CacheNeed }[];
}
