import { monotonicOf, type Clock } from '../time/clock.js';
import type { Timing } from '../timing.js';
import type { AskedPair } from './Replacements.js';

/** A pair that was refused here, and what speaks against it. Instants of the monotonic clock. */
export interface Suspect {
  readonly pair: AskedPair;
  /** Refusals that count. */
  readonly refusals: number;
  /** The first and the last of these. */
  readonly firstAt: number;
  readonly countedAt: number;
  /** The last, whether it counts or not. */
  readonly lastAt: number;
  /** When the fleet was told. */
  readonly toldAt: number;
}

/** The pairs that were refused in this process. What speaks against them is forgotten sooner than that. */
export class Suspects {
  readonly #clock: Clock;
  readonly #timing: Timing['replacement'];
  /** By tag; refused last, last. */
  readonly #byTag: Map<string, Suspect> = new Map();

  constructor(clock: Clock, timing: Timing['replacement']) {
    this.#clock = clock;
    this.#timing = timing;
  }

  /** `isToBeTold`: the fleet does not know, or was told long ago. */
  refused(pair: AskedPair): { readonly suspect: Suspect; readonly isToBeTold: boolean } {
    const now = monotonicOf(this.#clock);
    const before = this.#byTag.get(pair.tag);
    const isToBeTold = before === undefined || now - before.toldAt >= this.#timing.refusedNotedEveryMs;
    const suspect = { ...this.#next(pair, before, now), toldAt: isToBeTold ? now : (before?.toldAt ?? now) };
    this.#byTag.delete(pair.tag);
    this.#byTag.set(pair.tag, suspect);
    this.#prune(now);
    return { suspect, isToBeTold };
  }

  has(tag: string): boolean {
    const suspect = this.#byTag.get(tag);
    return suspect !== undefined && monotonicOf(this.#clock) - suspect.lastAt < this.#timing.refusedKeptMs;
  }

  /** The pair that was refused, if this process knows. */
  clear(tag: string): AskedPair | undefined {
    const pair = this.#byTag.get(tag)?.pair;
    this.#byTag.delete(tag);
    return pair;
  }

  /** What speaks against a pair is worth nothing any more; it stays under suspicion. */
  acquit(tag: string): void {
    const suspect = this.#byTag.get(tag);
    if (suspect !== undefined) this.#byTag.set(tag, { ...suspect, refusals: 0 });
  }

  acquitAll(): void {
    for (const tag of this.#byTag.keys()) this.acquit(tag);
  }

  #next(pair: AskedPair, before: Suspect | undefined, now: number): Omit<Suspect, 'toldAt'> {
    const { evidenceGapMs, refusalGapMs } = this.#timing;
    const goesOn =
      before !== undefined &&
      before.refusals > 0 &&
      before.pair.clientId === pair.clientId &&
      now - before.lastAt <= evidenceGapMs;
    if (!goesOn) return { pair, refusals: 1, firstAt: now, countedAt: now, lastAt: now };
    if (now - before.countedAt < refusalGapMs) return { ...before, lastAt: now };
    return { ...before, refusals: before.refusals + 1, countedAt: now, lastAt: now };
  }

  #prune(now: number): void {
    for (const [tag, { lastAt }] of this.#byTag) {
      if (this.#byTag.size <= this.#timing.suspects && now - lastAt < this.#timing.refusedKeptMs) return;
      this.#byTag.delete(tag);
    }
  }
}
