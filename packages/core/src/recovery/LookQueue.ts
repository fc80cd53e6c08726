import { monotonicOf, type Clock, type Timer } from '../time/clock.js';
import type { Timing } from '../timing.js';
import type { LookOutcome } from './KnownPairs.js';
import { freshPace, isStopped, nextPace, type Pace } from './pace.js';
import { rangeCount } from './ranges.js';

/** `'neighbour'`: to find out whether anything was lost. `'whole'`: because something was lost beside it. */
export type LookKind = 'neighbour' | 'whole';

export interface LookQueueOptions {
  readonly clock: Clock;
  readonly timing: Timing['recovery'];
  readonly look: (key: string) => Promise<LookOutcome>;
  readonly rangeOf: (key: string) => number | undefined;
  /** After each look. */
  readonly onLooked: (key: string, outcome: LookOutcome) => void;
  /** Keeps a promise until it has settled. */
  readonly track: (work: Promise<unknown>) => void;
}

interface Paused {
  readonly kind: LookKind;
  /** Looks at this device that were not answered, in a row. */
  readonly times: number;
  readonly timer: Timer;
}

/**
 * The devices whose pairs are to be looked for in the cache. One that the cache does not answer for is looked for again
 * after a pause of its own, behind the others; only a cache that answers for none keeps all waiting.
 */
export class LookQueue {
  readonly #options: LookQueueOptions;
  readonly #neighbours: Set<string> = new Set();
  /** In this order. */
  readonly #others: Set<string> = new Set();
  readonly #inFlight: Map<string, LookKind> = new Map();
  readonly #paused: Map<string, Paused> = new Map();
  readonly #unanswered: Map<string, number> = new Map();
  /** Those looked for because of a loss and not found yet, with their ranges. */
  readonly #missing: Map<string, number> = new Map();
  readonly #missingIn: number[] = Array.from({ length: rangeCount }, () => 0);
  #pace: Pace;
  /** While the cache answers nobody. */
  #stop: Timer | null = null;
  /** The process ends: whether what is not answered is looked for again. */
  #hurry: { readonly persists: () => boolean } | null = null;
  #isClosed = false;
  #onIdle: (() => void)[] = [];

  constructor(options: LookQueueOptions) {
    this.#options = options;
    this.#pace = freshPace(options.timing);
  }

  add(keys: readonly string[], kind: LookKind): void {
    if (this.#isClosed) return;
    if (this.#isIdle) this.#pace = nextPace(this.#pace, { type: 'begun' }, this.#options.timing);
    for (const key of keys) {
      this.#unanswered.delete(key);
      this.#paused.get(key)?.timer.cancel();
      this.#paused.delete(key);
      if (kind === 'neighbour') this.#neighbours.add(key);
      else this.#addWhole(key);
    }
    this.#pump();
  }

  /** Whether the device is looked for because of a loss, and has not been found yet. */
  isMissing(key: string): boolean {
    return this.#missing.has(key);
  }

  /** So many are. */
  get missing(): number {
    return this.#missing.size;
  }

  missingIn(range: number): number {
    return this.#missingIn[range] ?? 0;
  }

  /** Whether some neighbour was not looked at yet. */
  get looksAtNeighbours(): boolean {
    return this.#neighbours.size > 0 || [...this.#inFlight.values()].includes('neighbour');
  }

  /** As fast as the cache allows, and until nothing is left. `persists`: whether to look again for what is not answered. */
  async hurry(persists: () => boolean): Promise<void> {
    this.#hurry = { persists };
    for (const [key, { kind, timer }] of [...this.#paused]) {
      timer.cancel();
      this.#paused.delete(key);
      this.#requeue(key, kind);
    }
    this.#pump();
    if (!this.#isIdle) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  close(): void {
    this.#isClosed = true;
    this.#stop?.cancel();
    for (const { timer } of this.#paused.values()) timer.cancel();
    for (const set of [this.#neighbours, this.#others, this.#paused, this.#missing]) set.clear();
    this.#tellIdle();
  }

  get #isIdle(): boolean {
    return (
      this.#neighbours.size === 0 &&
      this.#others.size === 0 &&
      this.#inFlight.size === 0 &&
      this.#paused.size === 0
    );
  }

  #addWhole(key: string): void {
    this.#others.add(key);
    if (this.#missing.has(key)) return;
    const range = this.#options.rangeOf(key);
    if (range === undefined) return;
    this.#missing.set(key, range);
    this.#missingIn[range] = this.missingIn(range) + 1;
  }

  #found(key: string): void {
    const range = this.#missing.get(key);
    if (range === undefined) return;
    this.#missing.delete(key);
    this.#missingIn[range] = this.missingIn(range) - 1;
  }

  get #atOnce(): number {
    return this.#isStopped ? 1 : this.#usuallyAtOnce;
  }

  get #usuallyAtOnce(): number {
    return this.#hurry === null ? Math.floor(this.#pace.atOnce) : this.#options.timing.looksAtMost;
  }

  get #isStopped(): boolean {
    return isStopped(this.#pace, this.#usuallyAtOnce, this.#options.timing);
  }

  #pump(): void {
    while (!this.#isClosed && this.#stop === null && this.#inFlight.size < this.#atOnce) {
      const next = this.#take(this.#neighbours, 'neighbour') ?? this.#take(this.#others, 'whole');
      if (next === null) return;
      this.#options.track(this.#look(...next));
    }
  }

  #take(from: Set<string>, kind: LookKind): readonly [string, LookKind] | null {
    for (const key of from) {
      // What is on its way may have been read before the loss: it is looked for again afterwards.
      if (this.#inFlight.has(key)) continue;
      from.delete(key);
      return [key, kind];
    }
    return null;
  }

  async #look(key: string, kind: LookKind): Promise<void> {
    const { clock, timing, look, onLooked } = this.#options;
    const askedAt = monotonicOf(clock);
    this.#inFlight.set(key, kind);
    const outcome = await look(key);
    this.#inFlight.delete(key);
    if (this.#isClosed) return;
    const now = monotonicOf(clock);
    switch (outcome) {
      case 'there':
      case 'putBack': {
        // Putting back is a second answer of the cache.
        const tookMs = (now - askedAt) / (outcome === 'there' ? 1 : 2);
        this.#pace = nextPace(this.#pace, { type: 'answered', tookMs, now }, timing);
        this.#unanswered.delete(key);
        if (!this.#others.has(key)) this.#found(key);
        break;
      }
      case 'unanswered':
        this.#pace = nextPace(this.#pace, { type: 'failed' }, timing);
        this.#pauseAfterFailure(key, kind);
        if (this.#isStopped) this.#stopForAWhile();
        break;
      case 'busy':
        this.#pause(key, kind, 0, this.#hurry === null ? timing.failurePauseMs : timing.releaseEveryMs);
        break;
      case 'unknown':
        this.#others.delete(key);
        this.#found(key);
    }
    onLooked(key, outcome);
    this.#pump();
    this.#tellIdle();
  }

  #pauseAfterFailure(key: string, kind: LookKind): void {
    const { failurePauseMs, failurePauseMaxMs } = this.#options.timing;
    const hurry = this.#hurry;
    if (hurry !== null && !hurry.persists()) return;
    const times = (this.#unanswered.get(key) ?? 0) + 1;
    this.#unanswered.set(key, times);
    const pauseMs = Math.min(failurePauseMaxMs, failurePauseMs * times);
    this.#pause(key, kind, times, hurry === null ? pauseMs : Math.min(pauseMs, failurePauseMs));
  }

  #pause(key: string, kind: LookKind, times: number, forMs: number): void {
    if (this.#paused.has(key)) return;
    const timer = this.#later(forMs, () => {
      this.#paused.delete(key);
      this.#requeue(key, kind);
      this.#pump();
    });
    this.#paused.set(key, { kind, times, timer });
  }

  #requeue(key: string, kind: LookKind): void {
    if (kind === 'neighbour') this.#neighbours.add(key);
    else this.#addWhole(key);
  }

  #stopForAWhile(): void {
    if (this.#stop !== null) return;
    this.#stop = this.#later(this.#options.timing.failurePauseMs, () => {
      this.#stop = null;
      this.#pump();
      this.#tellIdle();
    });
  }

  /** Nobody stays for it, unless the process waits for what is looked for. */
  #later(delayMs: number, callback: () => void): Timer {
    return this.#options.clock.setTimer(callback, delayMs, this.#hurry === null);
  }

  #tellIdle(): void {
    if (!this.#isClosed && !this.#isIdle) return;
    for (const tell of this.#onIdle.splice(0)) tell();
  }
}
