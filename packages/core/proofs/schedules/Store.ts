import type { CacheEntry, CacheWrite, SwapResult, Version } from '../../src/cache/PassCache.js';
import type { CredentialsRecord } from '../../src/registration/record.js';
import { decodeCredentials, decodeLease } from '../../src/session/recordCodec.js';
import { recordOfKey, sealer } from './fleet.js';
import type { Oracle } from './Oracle.js';
import type { World } from './World.js';

interface Stored extends CacheEntry {
  readonly expiresAt: number | null;
  readonly by: string;
}

function opened(key: string, value: string): Uint8Array {
  const answer = sealer.open(key, value);
  return answer.ok ? answer.plaintext : new Uint8Array();
}

export function credentialsIn(key: string, value: string): CredentialsRecord | null {
  return decodeCredentials(opened(key, value));
}

/** The store that all processes share: each operation happens at one instant, and expiry goes by the world's time. */
export class Store {
  readonly #world: World;
  readonly #oracle: Oracle;
  readonly #plainSet: boolean;
  readonly #entries: Map<string, Stored> = new Map();
  #versions = 0;

  /** `plainSet`: broken on purpose, a swap writes whatever version stands there. */
  constructor(world: World, oracle: Oracle, plainSet: boolean) {
    this.#world = world;
    this.#oracle = oracle;
    this.#plainSet = plainSet;
  }

  read(keys: readonly string[]): readonly (CacheEntry | null)[] {
    return keys.map((key) => this.#current(key));
  }

  swap(key: string, expected: Version | null, next: CacheWrite | null, by: string): SwapResult {
    const found = this.#current(key);
    if (next === null && found === null) return { ok: true, version: null };
    if (!this.#plainSet && (found?.version ?? null) !== expected) return { ok: false, current: found };
    this.#watch(key, found, next);
    if (next === null) {
      this.#entries.delete(key);
      return { ok: true, version: null };
    }
    this.#versions += 1;
    const version = String(this.#versions);
    const expiresAt = next.ttlMs === null ? null : this.#world.now + next.ttlMs;
    this.#entries.set(key, { value: next.value, version, expiresAt, by });
    return { ok: true, version };
  }

  /** Until when `by` holds the lease of a device, if it does. */
  leasesHeldBy(by: string): readonly { readonly device: number; readonly until: number }[] {
    const held: { device: number; until: number }[] = [];
    for (const [key, { value, expiresAt, by: holder }] of this.#entries) {
      const record = recordOfKey.get(key);
      if (record?.kind !== 'lease' || holder !== by || expiresAt === null || expiresAt <= this.#world.now)
        continue;
      if (decodeLease(opened(key, value))?.kind === 'work')
        held.push({ device: record.device, until: expiresAt });
    }
    return held;
  }

  #current(key: string): CacheEntry | null {
    const stored = this.#entries.get(key);
    if (stored === undefined) return null;
    if (stored.expiresAt !== null && this.#world.now >= stored.expiresAt) return null;
    return { value: stored.value, version: stored.version };
  }

  #watch(key: string, found: CacheEntry | null, next: CacheWrite | null): void {
    const record = recordOfKey.get(key);
    if (record?.kind === 'lease' && found === null) {
      const expired = this.#entries.get(key);
      if (expired !== undefined && decodeLease(opened(key, expired.value))?.kind === 'work') {
        this.#oracle.leaseExpired(record.device);
      }
    }
    if (record?.kind !== 'credentials') return;
    const before = found === null ? null : credentialsIn(key, found.value);
    this.#oracle.credentialsStored(
      record.device,
      before,
      next === null ? null : credentialsIn(key, next.value),
    );
  }
}
