import { monotonicOf, type Clock } from '../time/clock.js';

/** An answer that several callers share: while it is being had, and for a time after it was asked for. */
export class SharedAnswer<Value> {
  readonly #clock: Clock;
  readonly #forMs: number;
  readonly #ask: () => Promise<Value>;
  #asked: Promise<Value> | null = null;
  #isPending = false;
  #askedAt = -Infinity;
  /** The last answer there was. */
  last: Value;

  /** `ask` never rejects. */
  constructor(clock: Clock, forMs: number, first: Value, ask: () => Promise<Value>) {
    this.#clock = clock;
    this.#forMs = forMs;
    this.#ask = ask;
    this.last = first;
  }

  get(): Promise<Value> {
    const now = monotonicOf(this.#clock);
    const isFresh = this.#isPending || now - this.#askedAt < this.#forMs;
    if (this.#asked !== null && isFresh) return this.#asked;
    this.#askedAt = now;
    this.#asked = this.#askNow();
    return this.#asked;
  }

  async #askNow(): Promise<Value> {
    this.#isPending = true;
    this.last = await this.#ask();
    this.#isPending = false;
    return this.last;
  }
}
