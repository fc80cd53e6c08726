import type { KeySpace } from '../cache/keySpace.js';
import type { PassCache } from '../cache/PassCache.js';
import type { Clock, Timer } from '../time/clock.js';
import { publish } from '../diagnostics.js';
import type { Failure } from '../registration/event.js';
import { failure } from '../registration/failure.js';
import type { RegistrationHold } from './RegistrationHold.js';

/** After a new pair was stored: by then a failover that loses it has begun, or has ended. */
const checkNewPairsAfterMs = [2_000, 30_000];
/** The other processes have heard of the same event, and put their pairs back. */
const heldOffAfterReconnectMs = 2_000;
/** Longer than it takes every process to notice, shorter than a caller's patience: new devices wait, and are served. */
const heldOffAfterLossMs = 10_000;
/** How long it takes a process at most to see that everything was lost. */
const lookEveryMs = 1_000;
/** Whoever finds an empty cache cannot tell whether it is new: whoever knows better has looked by then, and has said so. */
const heldOffAsNewMs = 2_000;
/** How often a process that puts pairs back says that it still does. */
const extendHoldEveryMs = 3_000;
/** A hold that another process began is looked at again after so long. */
const holdRetryMs = 500;
/** So many pairs put back within a minute are a loss of data, not somebody who deleted a record. */
const lossesAtOnce = 3;
const lossWindowMs = 60_000;
/** Of the older pairs, so many are checked after a reconnection: a sample that is complete says that all are there. */
const sampleSize = 32;
const tickMs = 20;
const checksPerTick = 10;
/** The pause after a check that the cache did not answer, and how often a device is checked again because of that. */
const failurePauseMs = 1_000;
const checksPerDevice = 5;

/** What this process knows of devices, as far as it concerns putting pairs back. */
export interface KnownPairs {
  /** Keys of devices with a pair, those with a young one first. */
  pairs(): { readonly young: readonly string[]; readonly others: readonly string[] };
  /** Devices that are known. */
  readonly size: number;
  /** Looks whether the cache still has the pair, and puts it back if not. Says `unchecked` if the cache does not answer. */
  suspectLoss(key: string): void;
}

export interface LossRecoveryOptions {
  readonly cache: PassCache;
  readonly keySpace: KeySpace;
  readonly hold: RegistrationHold;
  readonly clock: Clock;
  readonly random: () => number;
  readonly known: KnownPairs;
  /** Keeps a promise until it has settled. */
  readonly track: (work: Promise<unknown>) => void;
}

/**
 * A shared cache acknowledges writes that it loses in a failover, a flush or a restart without persistence. The pairs of
 * living devices are in the memory of the processes that serve them, so these put them back: new pairs are looked after
 * for half a minute, young ones after each reconnection, and all of them where anything is found missing. Until they have
 * had their time, no device is registered that looks new.
 */
export class LossRecovery {
  readonly #options: LossRecoveryOptions;
  readonly #timers: Set<Timer> = new Set();
  readonly #unsubscribe: () => void;
  /** Devices to check, in this order. */
  readonly #queue: Set<string> = new Set();
  /** How often the cache has not answered for a device. */
  readonly #failures: Map<string, number> = new Map();
  #pausedUntil = 0;
  #isDraining = false;
  /** What was stored is known to be lost: nothing is registered before all is put back. */
  #isRestoring = false;
  #heldUntil = 0;
  #holdExtendedAt = 0;
  #looking: Promise<void> | null = null;
  #recentLosses: number[] = [];
  #isClosed = false;

  constructor(options: LossRecoveryOptions) {
    this.#options = options;
    const { cache } = options;
    const unsubscribe = this.#isAtWork ? cache.onReconnect?.(() => this.#reconnected()) : undefined;
    this.#unsubscribe = unsubscribe ?? (() => {});
    if (this.#isAtWork) this.#lookAgainLater();
  }

  /** What is not shared has no failovers, and loses nothing that this process could put back. */
  get #isAtWork(): boolean {
    return !this.#isClosed && this.#options.cache.scope === 'shared';
  }

  /** Why no device may be registered now; `null`: one may. */
  async heldOff(): Promise<Failure | null> {
    await this.#looking;
    const { clock, random } = this.#options;
    const waitMs = Math.max(this.#heldUntil - clock.now(), this.#isRestoring ? holdRetryMs : 0);
    if (waitMs <= 0) return null;
    // Not all at the same instant.
    const retryAfterMs = waitMs + Math.round(random() * holdRetryMs);
    return failure(
      'cache_unavailable',
      'the cache is new, or came back moments ago: credentials that it may have lost are being put back',
      { retryAfterMs },
    );
  }

  /**
   * To be called beside the read that finds a device absent: whether that is true of all that was stored, and whether
   * another process puts pairs back.
   */
  look(): void {
    if (!this.#isAtWork) return;
    if (this.#looking !== null) return;
    const { hold, track } = this.#options;
    const looking = Promise.allSettled([this.#lookAtKeySpace(), hold.isSet()]).then(([, isHeld]) => {
      // What cannot be asked, whoever needs it finds out for themselves.
      if (isHeld.status === 'fulfilled' && isHeld.value) this.#holdOff(holdRetryMs);
      this.#looking = null;
    });
    this.#looking = looking;
    track(looking);
  }

  /** Before this process makes the record of the key space: others may know that it was there. */
  async keySpaceIsNew(): Promise<void> {
    const { cache, hold } = this.#options;
    // Also while this process closes: the others need it.
    if (cache.scope !== 'shared') return;
    this.#holdOff(heldOffAsNewMs);
    await hold.begin(heldOffAsNewMs);
  }

  /** This process has stored a new pair. */
  stored(key: string): void {
    if (!this.#isAtWork) return;
    for (const delayMs of checkNewPairsAfterMs) this.#later(delayMs, () => this.#check([key]));
  }

  /** This process has put a pair back: others may be missing too. */
  restored(): void {
    if (!this.#isAtWork) return;
    if (this.#isRestoring) return;
    const now = this.#options.clock.now();
    this.#recentLosses = [...this.#recentLosses.filter((at) => at > now - lossWindowMs), now];
    if (this.#recentLosses.length === lossesAtOnce) this.#lost();
  }

  /** The cache did not answer when the pair of a device was looked for. */
  unchecked(key: string): void {
    if (!this.#isAtWork) return;
    this.#pausedUntil = this.#options.clock.now() + failurePauseMs;
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    if (failures < checksPerDevice) this.#enqueue([key]);
  }

  close(): void {
    this.#isClosed = true;
    this.#unsubscribe();
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#queue.clear();
  }

  #reconnected(): void {
    if (this.#isClosed) return;
    const { known, random } = this.#options;
    this.#holdOff(heldOffAfterReconnectMs);
    publish({ type: 'cacheReconnected', heldOffMs: heldOffAfterReconnectMs });
    const { young, others } = known.pairs();
    this.#check([...young, ...sample(others, sampleSize, random)]);
    this.look();
  }

  #lost(): void {
    const { young, others } = this.#options.known.pairs();
    const pairsToCheck = young.length + others.length;
    this.#isRestoring = true;
    this.#holdOff(heldOffAfterLossMs);
    publish({ type: 'cacheLostData', pairsToCheck, heldOffMs: heldOffAfterLossMs });
    this.#sayRestoring(this.#options.clock.now());
    this.#check([...young, ...others]);
  }

  #holdOff(forMs: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, this.#options.clock.now() + forMs);
  }

  async #lookAtKeySpace(): Promise<void> {
    const { keySpace, known } = this.#options;
    const state = await keySpace.look();
    if (this.#isClosed || state === 'intact') return;
    // Whoever knows a pair knows that there was a key space.
    if (state === 'lost' || (known.size > 0 && !this.#isRestoring)) this.#lost();
  }

  #lookAgainLater(): void {
    this.#later(lookEveryMs, () => {
      const { keySpace, known, track } = this.#options;
      if (keySpace.isKnown || known.size > 0) track(this.#lookAtKeySpace().catch(() => undefined));
      this.#lookAgainLater();
    });
  }

  /** Says to all processes that pairs are being put back, and that the cache is another one than before. */
  async #announce(): Promise<void> {
    const { keySpace, hold } = this.#options;
    try {
      await hold.extend(heldOffAfterLossMs);
      await keySpace.verify();
    } catch {
      // It cannot be asked. The next look, or the next extension, tries again.
    }
  }

  #check(keys: readonly string[]): void {
    this.#failures.clear();
    this.#enqueue(keys);
  }

  #enqueue(keys: readonly string[]): void {
    for (const key of keys) this.#queue.add(key);
    if (!this.#isDraining) this.#drain();
  }

  /** A steady pace: the cache has just come back, and all its clients want something of it. */
  #drain(): void {
    const now = this.#options.clock.now();
    const pauseMs = this.#pausedUntil - now;
    this.#isDraining = this.#queue.size > 0;
    if (!this.#isDraining) {
      this.#isRestoring = false;
      return;
    }
    if (pauseMs <= 0) this.#checkSome();
    if (this.#isRestoring && now - this.#holdExtendedAt >= extendHoldEveryMs) this.#sayRestoring(now);
    this.#later(Math.max(pauseMs, tickMs), () => this.#drain());
  }

  #checkSome(): void {
    let started = 0;
    for (const key of this.#queue) {
      if (started === checksPerTick) break;
      this.#queue.delete(key);
      this.#options.known.suspectLoss(key);
      started += 1;
    }
  }

  #sayRestoring(now: number): void {
    this.#holdExtendedAt = now;
    this.#options.track(this.#announce());
  }

  #later(delayMs: number, callback: () => void): void {
    const timer = this.#options.clock.setTimer(
      () => {
        this.#timers.delete(timer);
        if (!this.#isClosed) callback();
      },
      delayMs,
      true,
    );
    this.#timers.add(timer);
  }
}

/** Evenly spread over the keys, which are in the order of their last use, from a random beginning. */
function sample(keys: readonly string[], size: number, random: () => number): readonly string[] {
  const stride = keys.length / size;
  if (stride <= 1) return keys;
  const start = random() * stride;
  return keys.filter(
    (_, index) => Math.floor((index - start) / stride) !== Math.floor((index - 1 - start) / stride),
  );
}
