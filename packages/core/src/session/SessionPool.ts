import { identifierBytes, identifierKey, validateIdentifier } from '../device/identifier.js';
import type { Device } from '../device/Device.js';
import type { KeyNames } from '../cache/keyNames.js';
import type { AccessTokens, TokenOptions } from './AccessTokens.js';
import { DeviceSession, type SessionHost } from './DeviceSession.js';

/** A pair this young may not have reached every replica of the cache: this process keeps it, to put it back. */
const youngPairMs = 10 * 60_000;

export interface SessionPoolOptions {
  readonly names: KeyNames;
  /** Sessions kept. Those at work are not counted against it. */
  readonly capacity: number;
}

/**
 * The sessions of this process. One without a pair stays only while it works, so invented identifiers leave nothing
 * behind; beyond the capacity, those not used lately make room (SIEVE), but none that works or has a young pair.
 */
export class SessionPool {
  readonly #options: SessionPoolOptions;
  readonly #host: SessionHost;
  readonly #kept: Map<string, DeviceSession> = new Map();
  readonly #working: Map<string, DeviceSession> = new Map();

  constructor(options: SessionPoolOptions, host: Omit<SessionHost, 'settled'>) {
    this.#options = options;
    this.#host = { ...host, settled: (session) => this.#settled(session) };
  }

  get size(): number {
    return this.#kept.size;
  }

  /** The tokens of one device, without I/O. The session is made when it is first needed. */
  tokensOf(device: Device): AccessTokens {
    return new DeviceTokens(this, device, identifierKey(device.identifier));
  }

  peek(key: string, device: Device): string | undefined {
    return this.#kept.get(key)?.peek(device, this.#host.clock.now());
  }

  get(key: string, device: Device, options: TokenOptions): Promise<string> {
    const session = this.#session(key, device);
    const answer = session.get(device, options);
    // Refused before any work began: nothing will settle it later.
    if (session.isResting) this.#settled(session);
    return answer;
  }

  close(): void {
    for (const session of [...this.#kept.values(), ...this.#working.values()]) session.close();
  }

  #session(key: string, device: Device): DeviceSession {
    const known = this.#kept.get(key) ?? this.#working.get(key);
    if (known !== undefined) return known;
    validateIdentifier(device.identifier);
    const tag = this.#options.names.deviceTag(identifierBytes(device.identifier));
    const session = new DeviceSession(key, tag, jitterOf(tag), this.#host);
    this.#working.set(key, session);
    return session;
  }

  #settled(session: DeviceSession): void {
    const key = session.identifierKey;
    if (session.hasCredentials) {
      if (this.#working.delete(key)) {
        this.#kept.set(key, session);
        this.#makeRoom();
      }
    } else if (session.isResting) {
      this.#working.delete(key);
    }
  }

  #makeRoom(): void {
    const { capacity } = this.#options;
    if (this.#kept.size <= capacity) return;
    const now = this.#host.clock.now();
    // A bounded look: a pool full of young pairs may grow a little beyond its capacity, but no insertion scans it.
    let looks = 64;
    for (const [key, session] of this.#kept) {
      if (this.#kept.size <= capacity || looks-- === 0) return;
      this.#kept.delete(key);
      const keep = session.visited || !session.isResting || now - session.storedAt < youngPairMs;
      if (!keep) continue;
      session.visited = false;
      this.#kept.set(key, session);
    }
  }
}

/** A device's view of the pool; made for every request. */
class DeviceTokens implements AccessTokens {
  readonly #pool: SessionPool;
  readonly #device: Device;
  readonly #key: string;

  constructor(pool: SessionPool, device: Device, key: string) {
    this.#pool = pool;
    this.#device = device;
    this.#key = key;
  }

  peek(): string | undefined {
    return this.#pool.peek(this.#key, this.#device);
  }

  async get(options: TokenOptions = {}): Promise<string> {
    return await this.#pool.get(this.#key, this.#device, options);
  }
}

/** The same in every process: 24 of the tag's bits as a fraction. The tag is base64url of an HMAC, so it is uniform. */
function jitterOf(tag: string): number {
  const bytes = Buffer.from(tag.slice(0, 4), 'base64url');
  return bytes.readUIntBE(0, 3) / 0x1000000;
}
