import { randomBytes } from 'node:crypto';
import type { CacheEntry, CacheWrite, PassCache, SwapResult, Version } from '@pass-dcr/core';
import type {
  CacheCapability,
  CacheConformanceOptions,
  CacheConformanceReport,
  CacheNeed,
} from './CacheConformanceOptions.js';
import type { RunnerContext } from '../runner.js';

/** One case: a cache of its own, and keys that no other case uses. */
export interface Scene {
  readonly cache: PassCache;
  /** A fresh key; all keys of a scene share their tag. */
  readonly key: (suffix?: string) => string;
}

/** What the cases are written with. */
export interface CacheSuite {
  readonly test: (name: string, run: (scene: Scene) => Promise<void>) => void;
  /** As `test`, if the options offer the capability; else the case is reported as not offered. */
  readonly testWith: <Capability>(
    needs: CacheCapability,
    capability: Capability | undefined,
    name: string,
    run: (scene: Scene, capability: Capability) => Promise<void>,
  ) => void;
  /** As `test`, for a case that needs an optional method of the cache; else it is skipped and counted. */
  readonly testMethod: (
    needs: 'keys' | 'onReconnect' | 'close',
    name: string,
    run: (scene: Scene) => Promise<void>,
  ) => void;
  readonly equal: (actual: unknown, expected: unknown) => void;
  /** Lets `forMs` pass for the store. */
  readonly pass: (forMs: number) => Promise<void>;
}

export function createCacheSuite(options: CacheConformanceOptions): {
  suite: CacheSuite;
  report: CacheConformanceReport;
} {
  const { it, expect, create, advance } = options;
  const cases: string[] = [];
  const notOffered: { name: string; needs: CacheNeed }[] = [];

  const define = (
    name: string,
    run: (scene: Scene) => Promise<void>,
    needs?: 'keys' | 'onReconnect' | 'close',
  ): void => {
    cases.push(name);
    it(name, async (...context) => {
      const tag = randomBytes(12).toString('base64url');
      let keys = 0;
      const cache = await create();
      try {
        if (needs !== undefined && cache[needs] === undefined) {
          notOffered.push({ name, needs });
          return skipBy(context, `the cache has no ${needs}`);
        }
        await run({
          cache,
          key(suffix) {
            keys += 1;
            return `conformance:{${tag}}:${suffix ?? keys}`;
          },
        });
      } finally {
        await cache.close?.();
      }
    });
  };

  const test: CacheSuite['test'] = (name, run) => define(name, run);
  const suite: CacheSuite = {
    test,
    testMethod: (needs, name, run) => define(name, run, needs),
    testWith(needs, capability, name, run) {
      if (capability !== undefined) return test(name, (scene) => run(scene, capability));
      notOffered.push({ name, needs });
      const skip = it.skip ?? (() => undefined);
      skip(`${name} (not offered: ${needs})`, async () => undefined);
    },
    equal(actual, expected) {
      expect(actual).toEqual(expected);
    },
    async pass(forMs) {
      if (advance !== undefined) return advance(forMs);
      await new Promise((resolve) => setTimeout(resolve, forMs));
    },
  };
  return { suite, report: { cases, notOffered } };
}

/** Where the runner can: vitest throws to do it, node:test marks the test. */
function skipBy([context]: RunnerContext, reason: string): void {
  if (typeof context !== 'object' || context === null || !('skip' in context)) return;
  if (typeof context.skip === 'function') Reflect.apply(context.skip, context, [reason]);
}

/** A write that never expires, like credentials. */
export function lasting(value: string): CacheWrite {
  return { value, ttlMs: null };
}

/** The version of a write that must have succeeded. */
export function versionOf(result: SwapResult): Version {
  if (!result.ok) throw new Error('expected the swap to succeed, but it reported a conflict');
  if (result.version === null) throw new Error('expected the version of what was written, received null');
  return result.version;
}

export async function store(cache: PassCache, key: string, next: CacheWrite): Promise<CacheEntry> {
  return { value: next.value, version: versionOf(await cache.swap(key, null, next)) };
}

/** What a strong read of one key answers. */
export async function readOne(cache: PassCache, key: string): Promise<CacheEntry | null | undefined> {
  const entries = await cache.read([key], { strong: true });
  return entries[0];
}

/** `'rejected'`, or what the call wrongly resolved to. */
export async function outcomeOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return { resolvedTo: await call() };
  } catch {
    return 'rejected';
  }
}
