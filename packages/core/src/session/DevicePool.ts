import { identifierBytesOfKey, identifierKey, validateIdentifier } from '../device/identifier.js';
import type { Device } from '../device/Device.js';
import type { KeyNames } from '../cache/keyNames.js';
import { isMissed } from '../registration/reconcile.js';
import type { LookOutcome, PairLooks } from '../recovery/KnownPairs.js';
import { initialState } from '../registration/state.js';
import type { AccessTokens, KnownPair, TokenOptions } from './AccessTokens.js';
import { dcrCaller, type DcrCaller } from '../dcr/DcrCalls.js';
import { closedError } from '../failures.js';
import { DeviceRun, type RunHost } from './DeviceRun.js';
import type { RenewalOutcome } from './EarlyRenewals.js';
import type { KeptDevice } from './KeptDevice.js';
import type { KeptDevices } from './KeptDevices.js';
import type { SteadyTime } from '../time/SteadyTime.js';

export interface DevicePoolOptions {
  readonly names: KeyNames;
  readonly kept: KeptDevices;
  /** Devices whose tags are computed in one go. */
  readonly tagsAtOnce: number;
}

/**
 * The access tokens of devices: from memory where this process has them, else from the work that goes on for a device,
 * of which there is at most one.
 */
export class DevicePool implements AccessTokens, PairLooks {
  readonly #options: DevicePoolOptions;
  readonly #host: RunHost;
  readonly #kept: KeptDevices;
  readonly #time: SteadyTime;
  readonly #keptByKey: ReadonlyMap<string, KeptDevice>;
  readonly #runs: Map<string, DeviceRun> = new Map();
  /** Devices at work whose credentials were changed meanwhile, by their keys. */
  readonly #outdated: Set<string> = new Set();
  /** Devices at work of which nothing is to be remembered. */
  readonly #dropped: Set<string> = new Set();

  constructor(options: DevicePoolOptions, host: Omit<RunHost, 'learned' | 'hasNewPair' | 'ended'>) {
    this.#options = options;
    this.#kept = options.kept;
    this.#time = host.time;
    this.#keptByKey = options.kept.byKey;
    const isAtWork = (key: string): boolean => this.#runs.has(key);
    this.#host = {
      ...host,
      learned: ({ identifierKey: key, tag, known, epoch }) => {
        if (!this.#dropped.has(key)) this.#kept.keep({ key, tag, known, epoch }, isAtWork);
      },
      hasNewPair: ({ identifierKey: key }) => this.#kept.hasNewPair(key),
      ended: ({ identifierKey: key, tag }) => {
        this.#runs.delete(key);
        // It may have stored a token since.
        if (this.#dropped.delete(key)) this.#eraseToken(tag);
        if (this.#outdated.delete(key)) this.#keptByKey.get(key)?.dropToken();
      },
    };
  }

  keyOf(device: Device): string {
    return identifierKey(device.identifier);
  }

  peek(key: string, device: Device): string | undefined {
    const kept = this.#keptByKey.get(key);
    if (kept === undefined) return undefined;
    const nowMs = this.#time.nowMs();
    if (this.#time.hasStepped(nowMs)) this.#kept.makeAllDue(nowMs);
    const token = kept.servable(nowMs);
    if (token === null) return undefined;
    kept.visited = true;
    if (kept.isDue(nowMs)) this.#renew(key, device);
    return token;
  }

  async get(key: string, device: Device, options: TokenOptions): Promise<string> {
    const { signal, rejected, deadline, binds = false } = options;
    signal?.throwIfAborted();
    // A renewal that is due would only be in the way of what a viewer waits for: the next request sees to it.
    const held = binds ? undefined : this.peek(key, device);
    if (held !== undefined && held !== rejected) return held;
    if (this.#host.isClosing()) throw closedError(this.#host.timing.closedRetryMs);
    return await this.#runOf(key, device).get({ signal, rejected, deadline, binds });
  }

  sawSignIn(key: string, accessToken: string): void {
    const { policy, isClosing } = this.#host;
    const kept = this.#keptByKey.get(key);
    if (kept === undefined || isClosing()) return;
    if (kept.hasNotedSignIn(this.#time.nowMs(), policy.signInMarkFreshMs)) return;
    (this.#runs.get(key) ?? this.#newRun(key, null)).saw('signInSeen', accessToken);
  }

  sawSignOut(key: string, accessToken: string): void {
    if (!this.#keptByKey.has(key) || this.#host.isClosing()) return;
    (this.#runs.get(key) ?? this.#newRun(key, null)).saw('signOutSeen', accessToken);
  }

  pairOf(key: string): KnownPair | null {
    return this.#keptByKey.get(key)?.pair ?? null;
  }

  /** The stored credentials of a device are no longer those its token is of: the next caller looks again. */
  dropToken(identifier: Device['identifier']): void {
    const key = identifierKey(identifier);
    this.#keptByKey.get(key)?.dropToken();
    if (this.#runs.has(key)) this.#outdated.add(key);
  }

  /** Nothing is known of a device any more, nor will be remembered of the work that goes on for it. */
  drop(key: string): void {
    this.#kept.drop(key);
    if (this.#runs.has(key)) this.#dropped.add(key);
  }

  /** As `drop`, for each device that has one of `tags`. In turns, because every device's tag has to be computed. */
  async dropTagged(tags: ReadonlySet<string>): Promise<void> {
    const { names, tagsAtOnce } = this.#options;
    for (const [key, { tag }] of this.#runs) if (tags.has(tag)) this.drop(key);
    for (const [index, key] of [...this.#keptByKey.keys()].entries()) {
      const tag = names.deviceTag(identifierBytesOfKey(key));
      if (tags.has(tag)) {
        this.drop(key);
        // This process may have stored one before it heard of it.
        this.#eraseToken(tag);
      }
      if (index % tagsAtOnce === tagsAtOnce - 1) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Looks whether the cache still has the pair of a device, and puts it back if not; also while this process closes. */
  async look(key: string): Promise<LookOutcome> {
    if (!this.#keptByKey.has(key)) return 'unknown';
    return await (this.#runs.get(key) ?? this.#newRun(key, null)).look();
  }

  /** Whether the cache still has the pair of a device; `null`: it does not answer. */
  async isThere(key: string): Promise<boolean | null> {
    const tag = this.#options.names.deviceTag(identifierBytesOfKey(key));
    const { epoch } = this.#time;
    const known = this.#kept.recall(key, jitterOf(tag), epoch);
    if (known === undefined) return true;
    const found = await this.#host.records.lookAtCredentials(tag);
    return found === null ? null : !isMissed(known, found, epoch + this.#time.nowMs());
  }

  /** Renews the token of a device that nobody works on, before that is due, and for nobody. */
  async renewEarly(key: string): Promise<RenewalOutcome> {
    if (this.#host.isClosing() || this.#runs.has(key) || !this.#keptByKey.has(key)) return 'unknown';
    return await this.#newRun(key, nobody).bearWitness();
  }

  close(): void {
    for (const run of [...this.#runs.values()]) run.close();
  }

  #eraseToken(tag: string): void {
    const { records, track } = this.#host;
    track(records.eraseToken(tag).catch(() => undefined));
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
   * @throws PassError `device_identifier_invalid`, `header_invalid`
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
    const { epoch } = this.#time;
    const known = this.#kept.recall(key, jitter, epoch) ?? initialState(jitter).known;
    const run = new DeviceRun(key, tag, known, caller, epoch, this.#host);
    this.#runs.set(key, run);
    return run;
  }
}

/** No device asks for it, so the call is not counted against the address of one. */
const nobody: DcrCaller = { headers: {}, address: undefined };

/** The same in every process: 24 of the tag's bits as a fraction. The tag is base64url of an HMAC, so it is uniform. */
function jitterOf(tag: string): number {
  const bytes = Buffer.from(tag.slice(0, 4), 'base64url');
  return bytes.readUIntBE(0, 3) / 0x1000000;
}
