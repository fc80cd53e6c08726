/** `burst` at once, then so many per second. */
export interface RateLimit {
  readonly burst: number;
  readonly perSecond: number;
}

/** A budget that refills steadily, as a token bucket does. */
export class RateLimiter {
  readonly #options: RateLimit;
  #level: number;
  #at: number;

  constructor(options: RateLimit, now: number) {
    this.#options = options;
    this.#level = options.burst;
    this.#at = now;
  }

  /** Spends one and returns 0, or spends nothing and returns the milliseconds until one is there. */
  spend(now: number): number {
    this.#refill(now);
    if (this.#level >= 1) {
      this.#level -= 1;
      return 0;
    }
    return Math.ceil(((1 - this.#level) / this.#options.perSecond) * 1000);
  }

  /** Gives back what was spent for nothing. */
  refund(): void {
    this.#level = Math.min(this.#options.burst, this.#level + 1);
  }

  isFull(now: number): boolean {
    this.#refill(now);
    return this.#level >= this.#options.burst;
  }

  #refill(now: number): void {
    const elapsedMs = Math.max(0, now - this.#at);
    this.#level = Math.min(this.#options.burst, this.#level + (elapsedMs / 1000) * this.#options.perSecond);
    this.#at = now;
  }
}
