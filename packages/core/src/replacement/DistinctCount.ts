const indexBits = 10;
const size = 1 << indexBits;
/** Of HyperLogLog with so many registers (Flajolet et al. 2007). */
const bias = 0.7213 / (1 + 1.079 / size);

/**
 * How many different devices were added, to within 5 %, in one kilobyte: HyperLogLog, whose hash is the tag itself, which
 * is one already. However often a device asks, it counts once.
 */
export class DistinctCount {
  readonly #ranks: Uint8Array = new Uint8Array(size);

  add(tag: string): void {
    const hash = Buffer.from(tag.slice(0, 8), 'base64url');
    const index = hash.readUInt16BE(0) & (size - 1);
    const rank = Math.clz32(hash.readUInt32BE(2)) + 1;
    if (rank > (this.#ranks[index] ?? 0)) this.#ranks[index] = rank;
  }

  /** Of those in this or the other. */
  with(other: DistinctCount): number {
    let sum = 0;
    let empty = 0;
    for (const [index, mine] of this.#ranks.entries()) {
      const rank = Math.max(mine, other.#ranks[index] ?? 0);
      sum += 2 ** -rank;
      if (rank === 0) empty += 1;
    }
    const estimate = (bias * size * size) / sum;
    return Math.round(estimate <= 2.5 * size && empty > 0 ? size * Math.log(size / empty) : estimate);
  }
}

/** Of those added within the last one to two `periodMs`. */
export class RecentDistinctCount {
  readonly #periodMs: number;
  #since: number;
  #current: DistinctCount = new DistinctCount();
  #before: DistinctCount = new DistinctCount();

  /** `now`: of a monotonic clock, here and below. */
  constructor(periodMs: number, now: number) {
    this.#periodMs = periodMs;
    this.#since = now;
  }

  add(tag: string, now: number): void {
    this.#turn(now);
    this.#current.add(tag);
  }

  count(now: number): number {
    this.#turn(now);
    return this.#current.with(this.#before);
  }

  #turn(now: number): void {
    const periods = Math.floor((now - this.#since) / this.#periodMs);
    if (periods <= 0) return;
    this.#before = periods === 1 ? this.#current : new DistinctCount();
    this.#current = new DistinctCount();
    this.#since += periods * this.#periodMs;
  }
}
