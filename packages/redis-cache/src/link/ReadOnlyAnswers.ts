const rememberedForMs = 10_000;
const firstPauseMs = 1_000;
const longestPauseMs = 4_000;

/**
 * Answers READONLY: a failover has left the connection at what is a replica now. One may be of the instant of the
 * failover; after the second the connection is worth making anew, where the address leads to the new primary meanwhile.
 * Where it never does, reads are still served by it, so it is not made anew all the time.
 */
export class ReadOnlyAnswers {
  #lastAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #pauseMs = firstPauseMs;

  /** Whether the connection shall be made anew now. `now`: milliseconds of a clock that never goes back. */
  add(now: number): boolean {
    const isRepeated = now - this.#lastAt <= rememberedForMs;
    this.#lastAt = now;
    if (!isRepeated) this.#pauseMs = firstPauseMs;
    if (!isRepeated || now - this.#triedAt < this.#pauseMs) return false;
    this.#triedAt = now;
    this.#pauseMs = Math.min(2 * this.#pauseMs, longestPauseMs);
    return true;
  }
}
