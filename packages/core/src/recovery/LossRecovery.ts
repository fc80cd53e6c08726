import type { KeySpace } from '../cache/keySpace.js';
import type { PassCache } from '../cache/PassCache.js';
import { publish } from '../diagnostics.js';
import type { Failure } from '../registration/event.js';
import { BackgroundTimers } from '../time/BackgroundTimers.js';
import type { Clock } from '../time/clock.js';
import { KeySpaceWatch } from './KeySpaceWatch.js';
import type { KnownPairs } from './KnownPairs.js';
import { PairChecks } from './PairChecks.js';
import type { RegistrationHoldOff } from './RegistrationHoldOff.js';
import { sample } from './sample.js';
import type { Timing } from '../timing.js';

export interface LossRecoveryOptions {
  readonly cache: PassCache;
  readonly keySpace: KeySpace;
  readonly holdOff: RegistrationHoldOff;
  readonly clock: Clock;
  readonly random: () => number;
  readonly timing: Timing['recovery'];
  readonly known: KnownPairs;
  /** Keeps a promise until it has settled. */
  readonly track: (work: Promise<unknown>) => void;
}

/**
 * A shared cache acknowledges writes that it loses in a failover, a flush or a restart without persistence. The pairs of
 * living devices are in the memory of the processes that serve them, so these put them back: new pairs are looked after
 * for half a minute, young ones after each reconnection, and all of them where anything is found missing. Until they have
 * had their time, no device is registered that looks new.
 *
 * This is where the three parts meet: who finds a loss (`KeySpaceWatch`), what is checked and how fast (`PairChecks`), and
 * who waits meanwhile (`RegistrationHoldOff`).
 */
export class LossRecovery {
  readonly #options: LossRecoveryOptions;
  readonly #timers: BackgroundTimers;
  readonly #checks: PairChecks;
  readonly #watch: KeySpaceWatch;
  #check: (key: string) => void = () => undefined;
  #unsubscribe: () => void = () => undefined;
  #looking: Promise<void> | null = null;
  #isClosed = false;

  constructor(options: LossRecoveryOptions) {
    const { clock, timing, keySpace, known, holdOff } = options;
    this.#options = options;
    this.#timers = new BackgroundTimers(clock);
    this.#checks = new PairChecks({
      clock,
      timers: this.#timers,
      timing,
      check: (key) => this.#check(key),
      onTurn: (left) => this.#note({ type: 'checked', left }),
    });
    this.#watch = new KeySpaceWatch({
      clock,
      keySpace,
      timing,
      knowsDevices: () => known.size > 0,
      isRestoring: () => holdOff.isRestoring,
      onLoss: () => {
        if (this.#isAtWork) this.#lost();
      },
    });
  }

  /**
   * From now on it listens and looks. `check`: looks whether the cache still has the pair of a device, and puts it back if
   * not; it says `unchecked` if the cache does not answer.
   */
  start(check: (key: string) => void): void {
    this.#check = check;
    if (this.#options.cache.scope !== 'process') this.#lookAgainLater();
    if (!this.#isAtWork) return;
    this.#unsubscribe = this.#options.cache.onReconnect?.(() => this.#reconnected()) ?? this.#unsubscribe;
  }

  /** What is not shared has no failovers, and loses nothing that this process could put back. */
  get #isAtWork(): boolean {
    return !this.#isClosed && this.#options.cache.scope === 'shared';
  }

  /** Why no device may be registered now; `null`: one may. */
  async heldOff(): Promise<Failure | null> {
    await this.#looking;
    return this.#options.holdOff.reason();
  }

  /**
   * To be called beside the read that finds a device absent: whether that is true of all that was stored, and whether
   * another process puts pairs back.
   */
  look(): void {
    if (!this.#isAtWork || this.#looking !== null) return;
    const { holdOff, track } = this.#options;
    // What cannot be asked, whoever needs it finds out for themselves.
    const looking = Promise.allSettled([this.#watch.look(), holdOff.askOthers()]).then(() => {
      this.#looking = null;
    });
    this.#looking = looking;
    track(looking);
  }

  /** This process has stored a new pair: by then a failover that loses it has begun, or has ended. */
  stored(key: string): void {
    if (!this.#isAtWork) return;
    for (const delayMs of this.#options.timing.checkNewPairsAfterMs)
      this.#timers.start(delayMs, () => this.#checks.add([key]));
  }

  /** Looks at every pair that this process knows: some of them may have been forgotten. */
  checkAll(): void {
    if (this.#isClosed) return;
    const { young, others } = this.#options.known.pairs();
    this.#checks.add([...young, ...others]);
  }

  /** This process has put a pair back: others may be missing too. */
  restored(): void {
    if (this.#isAtWork) this.#watch.restored();
  }

  /** The cache did not answer when the pair of a device was looked for. */
  unchecked(key: string): void {
    if (this.#isAtWork) this.#checks.unanswered(key);
  }

  close(): void {
    this.#isClosed = true;
    this.#unsubscribe();
    this.#timers.close();
    this.#checks.clear();
  }

  #reconnected(): void {
    if (this.#isClosed) return;
    const { known, random, timing } = this.#options;
    this.#note({ type: 'reconnected' });
    publish({ type: 'cacheReconnected', heldOffMs: timing.heldOffAfterReconnectMs });
    const { young, others } = known.pairs();
    this.#checks.add([...young, ...sample(others, timing.sampleSize, random)]);
    this.look();
  }

  #lost(): void {
    if (this.#isClosed) return;
    const { known, timing } = this.#options;
    const { young, others } = known.pairs();
    publish({
      type: 'cacheLostData',
      pairsToCheck: young.length + others.length,
      heldOffMs: timing.heldOffAfterLossMs,
    });
    this.#note({ type: 'lost' });
    this.#checks.add([...young, ...others]);
  }

  #note(happening: Parameters<RegistrationHoldOff['note']>[0]): void {
    if (this.#options.holdOff.note(happening)) this.#options.track(this.#tellOthers());
  }

  /** That pairs are being put back, and that the cache is another one than before. */
  async #tellOthers(): Promise<void> {
    const { keySpace, holdOff } = this.#options;
    try {
      await holdOff.tellOthers();
      await keySpace.verify();
    } catch {
      // It cannot be asked. The next look, or the next time that the others are told, tries again.
    }
  }

  #lookAgainLater(): void {
    this.#timers.start(this.#options.timing.lookEveryMs, () => {
      if (this.#watch.isWorthALook) this.#options.track(this.#watch.look().catch(() => undefined));
      this.#lookAgainLater();
    });
  }
}
