import { createKeyNames } from '../../src/cache/keyNames.js';
import type { CacheEntry, CacheWrite, PassCache, SwapResult } from '../../src/cache/PassCache.js';
import { createSealer } from '../../src/cache/sealing.js';
import type { Clock } from '../../src/time/clock.js';
import { addressGroup } from '../../src/device/clientAddress.js';
import { SoftwareStatement } from '../../src/dcr/SoftwareStatement.js';
import { canaries } from './canaries.js';

const names = createKeyNames({ environment: 'local', application: 'tv', nameSecret: canaries.secret });
const sealer = createSealer([canaries.secret]);
const strangers = createSealer(['another secret, which nobody was told: 0123456789']);

function keysOf(identifier: string): { credentials: string; token: string; lease: string } {
  return names.ofDevice(names.deviceTag(Buffer.from(identifier)));
}

export const otherIdentifier = 'another-device';
const mine = keysOf(canaries.identifier);
const others = keysOf(otherIdentifier);

/** The keys that concern `device` of `stage.ts`. */
export const keys = {
  credentials: mine.credentials,
  token: mine.token,
  lease: mine.lease,
  meta: names.meta,
  statement: names.ofStatement(new SoftwareStatement(canaries.statement).hash),
  address: names.ofAddress(addressGroup('203.0.113.7')),
  othersCredentials: others.credentials,
  othersToken: others.token,
} as const;

export type KeyName = keyof typeof keys;

/** `value`: bytes and texts as they are, all else as JSON. */
export function sealed(key: string, value: unknown): string {
  if (value instanceof Uint8Array) return sealer.seal(key, value);
  return sealer.seal(key, Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));
}

export function opened(key: string, text: string): Buffer {
  const answer = sealer.open(key, text);
  if (!answer.ok) throw new Error(`${key}: ${answer.reason}`);
  return Buffer.from(answer.plaintext);
}

export function sealedByStranger(key: string, value: unknown): string {
  return strangers.seal(key, Buffer.from(JSON.stringify(value)));
}

interface Stored extends CacheEntry {
  /** Epoch milliseconds; `null`: never. */
  readonly expiresAt: number | null;
}

/** A cache whose entries a test can reach. */
export class OpenCache implements PassCache {
  readonly scope = 'shared';
  readonly #clock: Clock;
  readonly #stored: Map<string, Stored> = new Map();
  #swaps = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get entries(): ReadonlyMap<string, string> {
    return new Map([...this.#stored].map(([key, { value }]) => [key, value]));
  }

  async read(wanted: readonly string[]): Promise<readonly (CacheEntry | null)[]> {
    return wanted.map((key) => this.#current(key));
  }

  async swap(key: string, expected: string | null, next: CacheWrite | null): Promise<SwapResult> {
    const current = this.#current(key);
    if ((current?.version ?? null) !== expected) return { ok: false, current };
    if (next === null) this.#stored.delete(key);
    else this.put(key, next.value, next.ttlMs);
    return { ok: true, version: this.#current(key)?.version ?? null };
  }

  put(key: string, value: string, ttlMs: number | null): void {
    this.#swaps += 1;
    const expiresAt = ttlMs === null ? null : this.#clock.now() + ttlMs;
    this.#stored.set(key, { value, version: `v${this.#swaps}`, expiresAt });
  }

  #current(key: string): CacheEntry | null {
    const found = this.#stored.get(key);
    if (found === undefined || (found.expiresAt !== null && this.#clock.now() >= found.expiresAt))
      return null;
    return { value: found.value, version: found.version };
  }
}
