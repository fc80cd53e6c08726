import { monotonicOf, type Clock } from '../time/clock.js';
import type { Timing } from '../timing.js';
import type { BackgroundTimers } from '../time/BackgroundTimers.js';

export interface Turn {
  /** So many checks are started now. */
  readonly checks: number;
  /** When the next turn is. */
  readonly againInMs: number;
}

/** A steady pace: the cache has just come back, and all its clients want something of it. `null`: nothing is left. */
export function nextTurn(
  { queued, pausedForMs }: { readonly queued: number; readonly pausedForMs: number },
  { checksPerTick, tickMs }: Pick<Timing['recovery'], 'checksPerTick' | 'tickMs'>,
): Turn | null {
  if (queued === 0) return null;
  return {
    checks: pausedForMs > 0 ? 0 : Math.min(queued, checksPerTick),
    againInMs: Math.max(pausedForMs, tickMs),
  };
}

export interface PairChecksOptions {
  readonly clock: Clock;
  readonly timers: BackgroundTimers;
  readonly timing: Timing['recovery'];
  /** Looks whether the cache still has the pair, and puts it back if not. */
  readonly check: (key: string) => void;
  /** After each turn: so many devices are left. */
  readonly onTurn: (left: number) => void;
}

/** The devices whose pairs are to be looked for in the cache, one after the other. */
export class PairChecks {
  readonly #options: PairChecksOptions;
  /** Devices to check, in this order. */
  readonly #queue: Set<string> = new Set();
  /** How often the cache has not answered for a device. */
  readonly #unanswered: Map<string, number> = new Map();
  #pausedUntil = 0;
  #isRunning = false;

  constructor(options: PairChecksOptions) {
    this.#options = options;
  }

  /** Checks these too. What the cache did not answer before is forgotten. */
  add(keys: readonly string[]): void {
    this.#unanswered.clear();
    this.#enqueue(keys);
  }

  /** The cache did not answer for a device: it is asked again after a pause, but not for ever. */
  unanswered(key: string): void {
    const { clock, timing } = this.#options;
    this.#pausedUntil = monotonicOf(clock) + timing.failurePauseMs;
    const times = (this.#unanswered.get(key) ?? 0) + 1;
    this.#unanswered.set(key, times);
    if (times < timing.checksPerDevice) this.#enqueue([key]);
  }

  clear(): void {
    this.#queue.clear();
  }

  #enqueue(keys: readonly string[]): void {
    for (const key of keys) this.#queue.add(key);
    if (!this.#isRunning) this.#takeTurn();
  }

  #takeTurn(): void {
    const { clock, timers, timing, onTurn } = this.#options;
    const pausedForMs = this.#pausedUntil - monotonicOf(clock);
    const turn = nextTurn({ queued: this.#queue.size, pausedForMs }, timing);
    this.#isRunning = turn !== null;
    if (turn !== null) {
      this.#start(turn.checks);
      timers.start(turn.againInMs, () => this.#takeTurn());
    }
    // What has just been started is not done: a queue that is empty at its next turn is.
    onTurn(turn === null ? 0 : Math.max(1, this.#queue.size));
  }

  #start(checks: number): void {
    let started = 0;
    for (const key of this.#queue) {
      if (started === checks) return;
      this.#queue.delete(key);
      this.#options.check(key);
      started += 1;
    }
  }
}
