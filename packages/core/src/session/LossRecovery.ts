import type { KeySpace } from '../cache/keySpace.js';
import type { PassCache } from '../cache/PassCache.js';
import type { Clock, Timer } from '../clock.js';
import { publish } from '../diagnostics.js';
import type { Failure } from '../registration/event.js';
import { failure } from './failures.js';

/** After a new pair was stored: by then a failover that loses it has begun, or has ended. */
const checkNewPairsAfterMs = [2_000, 30_000];
/** The other processes have heard of the same event, and put their pairs back. */
const heldOffAfterReconnectMs = 2_000;
/** Longer than it takes every process to notice, shorter than a caller's patience: new devices wait, and are served. */
const heldOffAfterLossMs = 10_000;
const lookEveryMs = 5_000;
/** So many pairs put back within a minute are a loss of data, not somebody who deleted a record. */
const lossesAtOnce = 3;
const lossWindowMs = 60_000;
/** Of the older pairs, so many are checked after a reconnection: a sample that is complete says that all are there. */
const sampleSize = 32;
const tickMs = 20;
const checksPerTick = 10;

/** What this process knows of devices, as far as it concerns putting pairs back. */
export interface KnownPairs {
  /** Keys of devices with a pair, those with a young one first. */
  pairs(): { readonly young: readonly string[]; readonly others: readonly string[] };
  /** Looks whether the cache still has the pair, and puts it back if not. */
  suspectLoss(key: string): void;
}

export interface LossRecoveryOptions {
  readonly cache: PassCache;
  readonly keySpace: KeySpace;
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
  #isDraining = false;
  /** What was stored is known to be lost: nothing is registered before all is put back. */
  #isRestoring = false;
  #heldUntil = 0;
  #looking: Promise<void> | null = null;
  #recentLosses: number[] = [];
  #isClosed = false;

  constructor(options: LossRecoveryOptions) {
    this.#options = options;
    const { cache } = options;
    const isShared = cache.scope === 'shared';
    this.#unsubscribe = (isShared ? cache.onReconnect?.(() => this.#reconnected()) : undefined) ?? (() => {});
    if (isShared) this.#lookAgainLater();
  }

  /** Why no device may be registered now; `null`: one may. */
  async heldOff(): Promise<Failure | null> {
    await this.#looking;
    const { clock } = this.#options;
    const waitMs = Math.max(this.#heldUntil - clock.now(), this.#isRestoring ? tickMs : 0);
    if (waitMs <= 0) return null;
    return failure(
      'cache_unavailable',
      'the cache came back moments ago and may have lost credentials, which are being put back',
      { retryAfterMs: waitMs },
    );
  }

  /** To be called beside the read that finds a device absent: whether that is true of all that was stored. */
  look(): void {
    if (this.#isClosed || this.#options.cache.scope !== 'shared') return;
    if (this.#looking !== null) return;
    this.#looking = this.#lookOnce();
    this.#options.track(this.#looking);
  }

  /** This process has stored a new pair. */
  stored(key: string): void {
    if (this.#isClosed || this.#options.cache.scope !== 'shared') return;
    for (const delayMs of checkNewPairsAfterMs) this.#later(delayMs, () => this.#check([key]));
  }

  /** This process has put a pair back: others may be missing too. */
  restored(): void {
    if (this.#isClosed || this.#options.cache.scope !== 'shared') return;
    if (this.#isRestoring) return;
    const now = this.#options.clock.now();
    this.#recentLosses = [...this.#recentLosses.filter((at) => at > now - lossWindowMs), now];
    if (this.#recentLosses.length === lossesAtOnce) this.#lost();
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
    this.#check(young);
    this.#check(sample(others, sampleSize, random));
    this.look();
  }

  #lost(): void {
    const { young, others } = this.#options.known.pairs();
    const pairsToCheck = young.length + others.length;
    this.#isRestoring = true;
    this.#holdOff(heldOffAfterLossMs);
    publish({ type: 'cacheLostData', pairsToCheck, heldOffMs: heldOffAfterLossMs });
    this.#check(young);
    this.#check(others);
  }

  #holdOff(forMs: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, this.#options.clock.now() + forMs);
  }

  async #lookOnce(): Promise<void> {
    const { keySpace } = this.#options;
    try {
      if (!(await keySpace.isIntact()) && !this.#isClosed) this.#lost();
    } catch {
      // It cannot be asked: whoever needs it finds that out for themselves.
    } finally {
      this.#looking = null;
    }
  }

  #lookAgainLater(): void {
    this.#later(lookEveryMs, () => {
      this.look();
      this.#lookAgainLater();
    });
  }

  #check(keys: readonly string[]): void {
    for (const key of keys) this.#queue.add(key);
    if (!this.#isDraining) this.#drain();
  }

  /** A steady pace: the cache has just come back, and all its clients want something of it. */
  #drain(): void {
    let started = 0;
    for (const key of this.#queue) {
      if (started === checksPerTick) break;
      this.#queue.delete(key);
      this.#options.known.suspectLoss(key);
      started += 1;
    }
    this.#isDraining = started > 0;
    if (this.#isDraining) this.#later(tickMs, () => this.#drain());
    else if (this.#isRestoring) this.#finishRestoring();
  }

  /** Makes the record anew by which processes see that something was lost, so that the next loss is seen too. */
  #finishRestoring(): void {
    this.#isRestoring = false;
    const { keySpace, track } = this.#options;
    track(keySpace.verify().catch(() => undefined));
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
