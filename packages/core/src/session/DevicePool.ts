import { identifierBytesOfKey, identifierKey, validateIdentifier } from '../device/identifier.js';
import type { Device } from '../device/Device.js';
import type { KeyNames } from '../cache/keyNames.js';
import { initialState } from '../registration/state.js';
import type { AccessTokens, TokenOptions } from './AccessTokens.js';
import { dcrCaller, type DcrCaller } from '../dcr/DcrCalls.js';
import { closedError, DeviceRun, type RunHost } from './DeviceRun.js';
import { KeptDevice } from './KeptDevice.js';
import type { KnownPairs } from '../recovery/LossRecovery.js';

/** A pair this young may not have reached every replica of the cache: this process keeps it, to put it back. */
const youngPairMs = 10 * 60_000;

export interface DevicePoolOptions {
  readonly names: KeyNames;
  /** Devices kept. */
  readonly capacity: number;
  /** How long a caller waits if it does not say. */
  readonly deadlineMs: number;
}

/**
 * What this process knows of devices, and the work that goes on for some of them. A device without a pair leaves nothing
 * behind when its work ends, so invented identifiers do not fill the memory; beyond the capacity, those not used lately
 * make room (SIEVE), but none that is at work or has a young pair.
 */
export class DevicePool implements AccessTokens, KnownPairs {
  readonly #options: DevicePoolOptions;
  readonly #host: RunHost;
  readonly #epoch: number;
  readonly #kept: Map<string, KeptDevice> = new Map();
  readonly #runs: Map<string, DeviceRun> = new Map();
  /** Devices at work whose credentials were changed meanwhile, by their keys. */
  readonly #outdated: Set<string> = new Set();
  /** The last fingerprint of a software statement: nearly always that of the next device too. */
  #statement = '';

  constructor(options: DevicePoolOptions, host: Omit<RunHost, 'learned' | 'hasNewPair' | 'ended'>) {
    this.#options = options;
    this.#epoch = host.clock.now();
    this.#host = {
      ...host,
      learned: (run) => this.#keep(run),
      hasNewPair: ({ identifierKey: key }) =>
        this.#kept.get(key)?.keepYoungUntil(this.#nowMs() + youngPairMs),
      ended: ({ identifierKey: key }) => {
        this.#runs.delete(key);
        if (this.#outdated.delete(key)) this.#kept.get(key)?.dropToken();
      },
    };
  }

  /** Devices kept. */
  get size(): number {
    return this.#kept.size;
  }

  keyOf(device: Device): string {
    return identifierKey(device.identifier);
  }

  peek(key: string, device: Device): string | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    const nowMs = this.#nowMs();
    const token = kept.servable(nowMs);
    if (token === null) return undefined;
    kept.visited = true;
    if (kept.isDue(nowMs)) this.#renew(key, device);
    return token;
  }

  async get(key: string, device: Device, options: TokenOptions = {}): Promise<string> {
    const { signal, rejected, deadline = this.#host.clock.now() + this.#options.deadlineMs } = options;
    signal?.throwIfAborted();
    const held = this.peek(key, device);
    if (held !== undefined && held !== rejected) return held;
    if (this.#host.isClosing()) throw closedError();
    return await this.#runOf(key, device).get({ signal, rejected, deadline });
  }

  /** The stored credentials of a device are no longer those its token is of: the next caller looks again. */
  dropToken(identifier: Device['identifier']): void {
    const key = identifierKey(identifier);
    this.#kept.get(key)?.dropToken();
    if (this.#runs.has(key)) this.#outdated.add(key);
  }

  pairs(): { readonly young: readonly string[]; readonly others: readonly string[] } {
    const nowMs = this.#nowMs();
    const young: string[] = [];
    const others: string[] = [];
    for (const [key, device] of this.#kept) (device.isYoung(nowMs) ? young : others).push(key);
    return { young, others };
  }

  suspectLoss(key: string): void {
    if (this.#host.isClosing() || !this.#kept.has(key)) return;
    (this.#runs.get(key) ?? this.#newRun(key, null)).suspectLoss();
  }

  close(): void {
    for (const run of [...this.#runs.values()]) run.close();
  }

  #nowMs(): number {
    return this.#host.clock.now() - this.#epoch;
  }

  #renew(key: string, device: Device): void {
    if (this.#host.isClosing()) return;
    let run;
    try {
      run = this.#runOf(key, device);
    } catch {
      // This device's headers cannot be sent. Its own calls will say so; another request of it renews the token.
      return;
    }
    run.renew();
  }

  /**
   * The work that goes on for a device, or a new one.
   * @throws PassError `device_identifier_invalid`, `client_address_invalid`, `header_invalid`
   */
  #runOf(key: string, device: Device): DeviceRun {
    const running = this.#runs.get(key);
    if (running !== undefined) {
      // It may have begun for nobody.
      running.caller ??= dcrCaller(device);
      return running;
    }
    validateIdentifier(device.identifier);
    return this.#newRun(key, dcrCaller(device));
  }

  #newRun(key: string, caller: DcrCaller | null): DeviceRun {
    const tag = this.#options.names.deviceTag(identifierBytesOfKey(key));
    const jitter = jitterOf(tag);
    const known = this.#kept.get(key)?.recall(jitter, this.#epoch) ?? initialState(jitter).known;
    const run = new DeviceRun(key, tag, known, caller, this.#host);
    this.#runs.set(key, run);
    return run;
  }

  #keep({ identifierKey: key, known }: DeviceRun): void {
    let device = this.#kept.get(key);
    if (device === undefined) {
      if (known.pair === null && known.unpublished === null) return;
      device = new KeptDevice();
      this.#kept.set(ownText(key), device);
      this.#makeRoom();
    }
    // Equal texts from different records are different strings; a million devices should hold one.
    if (known.pair !== null && known.pair.statement !== this.#statement)
      this.#statement = known.pair.statement;
    device.keep(known, this.#epoch, this.#statement);
  }

  #makeRoom(): void {
    const { capacity } = this.#options;
    const nowMs = this.#nowMs();
    // A bounded look: a pool full of young pairs may grow a little beyond its capacity, but no insertion scans it.
    let looks = 64;
    for (const [key, device] of this.#kept) {
      if (this.#kept.size <= capacity || looks-- === 0) return;
      this.#kept.delete(key);
      if (!device.visited && !device.isYoung(nowMs) && !this.#runs.has(key)) continue;
      device.visited = false;
      this.#kept.set(key, device);
    }
  }
}

/** The same in every process: 24 of the tag's bits as a fraction. The tag is base64url of an HMAC, so it is uniform. */
function jitterOf(tag: string): number {
  const bytes = Buffer.from(tag.slice(0, 4), 'base64url');
  return bytes.readUIntBE(0, 3) / 0x1000000;
}

/** A text cut out of another keeps all of the other alive, such as the cookies of the request that it came from. */
function ownText(text: string): string {
  const copy = Buffer.from(text, 'latin1').toString('latin1');
  return copy === text ? copy : Buffer.from(text, 'utf16le').toString('utf16le');
}
