import type { BackgroundTimers } from '../time/BackgroundTimers.js';

/** The devices whose pair is new, and is to be looked for some time after it was stored. */
export class NewPairs {
  readonly #timers: BackgroundTimers;
  readonly #delaysMs: readonly number[];
  readonly #look: (key: string) => void;
  /** Looks that are yet to come. */
  readonly #due: Map<string, number> = new Map();

  constructor(timers: BackgroundTimers, delaysMs: readonly number[], look: (key: string) => void) {
    this.#timers = timers;
    this.#delaysMs = delaysMs;
    this.#look = look;
  }

  stored(key: string): void {
    this.#due.set(key, (this.#due.get(key) ?? 0) + this.#delaysMs.length);
    for (const delayMs of this.#delaysMs) {
      this.#timers.start(delayMs, () => {
        const more = (this.#due.get(key) ?? 1) - 1;
        if (more === 0) this.#due.delete(key);
        else this.#due.set(key, more);
        this.#look(key);
      });
    }
  }

  /** Those that are yet to be looked for. */
  get keys(): readonly string[] {
    return [...this.#due.keys()];
  }
}
