import type { KeySpace } from '../cache/keySpace.js';
import type { PassCache } from '../cache/PassCache.js';
import { publish } from '../diagnostics.js';
import type { Failure } from '../registration/event.js';
import { BackgroundTimers } from '../time/BackgroundTimers.js';
import type { Clock, Timer } from '../time/clock.js';
import type { Timing } from '../timing.js';
import { Doubts } from './Doubts.js';
import { HeldDevices, type HeldDevice } from './HeldDevices.js';
import { KeySpaceWatch } from './KeySpaceWatch.js';
import type { KnownPairs, LookOutcome, PairLooks } from './KnownPairs.js';
import { LookQueue } from './LookQueue.js';
import { LossWord } from './LossWord.js';
import { NeighbourLooks } from './NeighbourLooks.js';
import { around, everyRange, noRanges, rangeOf, union, type Ranges } from './ranges.js';
import { RecoveryProgress } from './RecoveryProgress.js';
import type { RegistrationHoldOff } from './RegistrationHoldOff.js';
import { NewPairs } from './NewPairs.js';
import { isEverywhere, noRound, withLoss, withTold, type Round } from './round.js';

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
 * A cache acknowledges writes that it loses: in a failover, a flush, a restart without persistence, when a backup is put
 * back. The pairs of living devices are in the memory of the processes that serve them, so these put them back. Until they
 * have had their time, no device is registered that looks new and may have been lost.
 *
 * This is where the parts meet: who finds a loss (`KeySpaceWatch`, and looks at `Neighbours`), what follows from it
 * (`round.ts`), what is looked for and how fast (`LookQueue`), and who waits meanwhile (`RegistrationHoldOff`).
 */
export class LossRecovery {
  readonly #options: LossRecoveryOptions;
  readonly #timers: BackgroundTimers;
  readonly #queue: LookQueue;
  readonly #watch: KeySpaceWatch;
  readonly #neighbours: NeighbourLooks;
  readonly #held: HeldDevices;
  readonly #doubts: Doubts;
  readonly #word: LossWord;
  readonly #newPairs: NewPairs;
  readonly #progress: RecoveryProgress;
  #looks: PairLooks = { look: () => Promise.resolve('unknown'), isThere: () => Promise.resolve(true) };
  #unsubscribe: () => void = () => undefined;
  #looking: Promise<void> | null = null;
  #round: Round = noRound;
  /** Where all pairs are to be looked for once all neighbours have been. */
  #toCover: Ranges = noRanges;
  /** A loss that nobody was told of yet. */
  #isNews = false;
  #isClosed = false;

  constructor(options: LossRecoveryOptions) {
    const { clock, random, timing, keySpace, known, holdOff, track } = options;
    this.#options = options;
    this.#timers = new BackgroundTimers(clock);
    this.#queue = new LookQueue({
      clock,
      timing,
      look: async (key) => await this.#looks.look(key),
      rangeOf: (key) => known.rangeOf(key),
      onLooked: (key, outcome) => this.#looked(key, outcome),
      track,
    });
    this.#watch = new KeySpaceWatch({
      clock,
      random,
      keySpace,
      timing,
      knowsDevices: () => known.size > 0,
      isRestoring: () => holdOff.isRestoring,
      onChanged: () => this.#changed(),
      onTold: (wiped) => this.#told(wiped),
    });
    this.#neighbours = new NeighbourLooks({
      clock,
      random,
      timers: this.#timers,
      timing,
      look: () => this.#queue.add(known.neighbours.all(), 'neighbour'),
    });
    this.#newPairs = new NewPairs(this.#timers, timing.checkNewPairsAfterMs, (key) =>
      this.#queue.add([key], 'neighbour'),
    );
    this.#doubts = new Doubts({
      clock,
      timing,
      // What the others do not wait for any more, nobody does.
      isGivenUp: (key) => holdOff.hasEnded && this.#queue.isMissing(key),
    });
    this.#held = new HeldDevices({ clock, timing, heldForMs: (range) => this.#heldForMs(range) });
    this.#progress = new RecoveryProgress(clock, timing);
    this.#word = new LossWord({ clock, timers: this.#timers, timing, keySpace, holdOff, track });
  }

  /** From now on it listens and looks. */
  start(looks: PairLooks): void {
    this.#looks = looks;
    if (!this.#isAtWork) return;
    this.#lookAgainLater();
    this.#neighbours.start();
    this.#unsubscribe = this.#options.cache.onReconnect?.(() => this.#reconnected()) ?? this.#unsubscribe;
  }

  /** What dies with this process loses nothing that it could put back. */
  get #isAtWork(): boolean {
    return !this.#isClosed && this.#options.cache.scope !== 'process';
  }

  /** Why the device of this tag may not be registered now; `null`: it may. */
  async heldOff(tag: string): Promise<Failure | null> {
    await this.#looking;
    return this.heldOffNow(tag);
  }

  /** As `heldOff`, as far as is known already. */
  heldOffNow(tag: string): Failure | null {
    const forMs = this.#heldForMs(rangeOf(tag));
    return forMs === 0 ? null : this.#options.holdOff.failure(forMs);
  }

  /** Waits, without asking the cache, until the device of this tag may be registered. */
  whenNotHeldOff(tag: string, device: Omit<HeldDevice, 'range'>): Timer {
    return this.#held.wait({ range: rangeOf(tag), ...device });
  }

  /**
   * To be called beside the read that may find a device absent: whether that is true of all that was stored, whether
   * another process puts pairs back, and whether the neighbours of the device are there. Only where they are, its absence
   * is believed. Resolves to why it may not be registered. Never rejects.
   */
  async lookBeside(tag: string): Promise<Failure | null> {
    if (!this.#isAtWork) return null;
    const range = rangeOf(tag);
    this.#lookAround();
    const missed = await this.#doubts.lookAt(range, this.#options.known.neighbours.of(range), this.#looks);
    this.#queue.add(missed, 'neighbour');
    return await this.heldOff(tag);
  }

  /** This process has stored a new pair: by then a failover that loses it has begun, or has ended. */
  stored(key: string): void {
    if (this.#isAtWork) this.#newPairs.stored(key);
  }

  /** Looks at every pair that this process knows: some of them may have been forgotten. */
  checkAll(): void {
    if (!this.#isClosed) this.#queue.add(this.#options.known.keysIn(new Set(everyRange)), 'neighbour');
  }

  /** This process has put the pair of a device back: others may be missing too. */
  restored(key: string): void {
    const { known, holdOff } = this.#options;
    const range = known.rangeOf(key);
    if (!this.#isAtWork || range === undefined) return;
    this.#progress.putBack();
    const isNew = !this.#queue.isMissing(key);
    if (isNew || this.#round.lost.size === 0) this.#isNews = true;
    const { round, look } = withLoss(this.#round, range, isNew);
    this.#round = round;
    this.#toCover = union(this.#toCover, look);
    if (known.neighbours.oldestOf(range) === key) this.#word.foundWiped(range);
    if (holdOff.note({ type: 'lost', ranges: around(range), isNew })) this.#tellHold();
    if (!this.#queue.looksAtNeighbours) this.#cover();
  }

  /**
   * The operator wants registrations to go on, in every process, though not all pairs are back.
   * @throws PassError `cache_unavailable`: they do in this process, not in the others
   */
  async allowRegistration(): Promise<void> {
    publish({ type: 'registrationAllowed', pairsLeft: this.#left });
    this.#doubts.clear();
    await this.#options.holdOff.allow();
  }

  /**
   * Looks a last time whether anything was lost, and goes on putting back what was, for `graceMs` at most. What is left
   * then, an event says.
   */
  async finish(graceMs: number): Promise<void> {
    const { clock, known } = this.#options;
    if (this.#isAtWork && known.size > 0 && graceMs > 0) {
      this.#queue.add([...this.#newPairs.keys, ...known.neighbours.all()], 'neighbour');
      const done = this.#queue.hurry(() => this.#round.lost.size > 0);
      let timer: Timer | undefined;
      const late = new Promise<void>((resolve) => (timer = clock.setTimer(resolve, graceMs)));
      await Promise.race([done, late]);
      timer?.cancel();
    }
    if (this.#left > 0) publish({ type: 'recoveryIncomplete', pairsLeft: this.#left, reason: 'closed' });
    this.close();
  }

  close(): void {
    this.#isClosed = true;
    this.#unsubscribe();
    this.#timers.close();
    this.#queue.close();
  }

  get #left(): number {
    return this.#queue.missing;
  }

  #heldForMs(range: number): number {
    const { holdOff } = this.#options;
    return Math.max(holdOff.heldForMs(range, this.#queue.missingIn(range)), this.#doubts.heldForMs(range));
  }

  /** Whoever comes meanwhile shares it. */
  #lookAround(): void {
    if (this.#looking !== null) return;
    const { holdOff, track } = this.#options;
    // What cannot be asked, whoever needs it finds out for themselves.
    const looking = Promise.allSettled([this.#watch.look(), holdOff.askOthers()]).then(() => {
      this.#looking = null;
    });
    this.#looking = looking;
    track(looking);
  }

  #looked(key: string, outcome: LookOutcome): void {
    if (outcome !== 'unanswered' && outcome !== 'busy') this.#doubts.remove(key);
    if (!this.#queue.looksAtNeighbours) this.#cover();
    this.#count();
  }

  #reconnected(): void {
    if (this.#isClosed) return;
    const { holdOff, timing } = this.#options;
    holdOff.note({ type: 'reconnected' });
    publish({ type: 'cacheReconnected', heldOffMs: timing.heldOffAfterReconnectMs });
    this.#neighbours.look();
    this.#lookAround();
  }

  /** The cache is not the one that it was, or an earlier state of it. */
  #changed(): void {
    if (!this.#isAtWork) return;
    const { keySpace, track } = this.#options;
    this.#lookSoon();
    // Where its record is gone, it is made anew.
    track(keySpace.verify().catch(() => undefined));
  }

  /** Another process has found pairs missing; of `wiped` all. */
  #told(wiped: Ranges): void {
    if (!this.#isAtWork) return;
    const { holdOff, track } = this.#options;
    this.#word.heard(wiped);
    const { covered, look } = withTold(this.#round, wiped);
    this.#round = { ...this.#round, covered };
    this.#toCover = union(this.#toCover, look);
    this.#lookSoon();
    track(holdOff.askOthers().catch(() => undefined));
    if (!this.#queue.looksAtNeighbours) this.#cover();
  }

  /** As after a reconnection: whoever has something to put back has its time. */
  #lookSoon(): void {
    if (this.#neighbours.lookSoon()) this.#options.holdOff.note({ type: 'reconnected' });
  }

  /** Looks for all pairs where something was missing, those first by which a further loss would be seen. */
  #cover(): void {
    if (this.#toCover.size === 0) return;
    const { holdOff, known } = this.#options;
    const ranges = this.#toCover;
    this.#toCover = noRanges;
    const first = [...ranges].flatMap((range) => known.neighbours.of(range));
    this.#queue.add([...first, ...known.keysIn(ranges)], 'whole');
    if (!this.#isNews) return;
    this.#isNews = false;
    if (
      isEverywhere(this.#round, known.neighbours) &&
      holdOff.note({ type: 'lost', ranges: everyRange, isNew: true })
    )
      this.#tellHold();
    this.#progress.tellLoss(this.#left);
    this.#word.tell();
  }

  /** How many are left decides how long the others wait. */
  #count(): void {
    const left = this.#left;
    if (this.#toCover.size > 0 || this.#queue.looksAtNeighbours || !this.#progress.isDue(left)) return;
    if (this.#options.holdOff.note({ type: 'left', left }, left)) this.#tellHold();
    if (this.#round.lost.size === 0 && left > 0) return;
    if (left === 0) this.#round = { ...noRound };
    this.#progress.tell(left);
  }

  #tellHold(): void {
    this.#word.tellHold((range) => this.#queue.missingIn(range));
  }

  #lookAgainLater(): void {
    const { holdOff, timing, track } = this.#options;
    this.#timers.start(timing.lookEveryMs, () => {
      if (this.#watch.isWorthALook) track(this.#watch.look().catch(() => undefined));
      if (holdOff.hearsOfOthers) track(holdOff.askOthers().catch(() => undefined));
      this.#count();
      this.#lookAgainLater();
    });
  }
}
