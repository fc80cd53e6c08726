/** How many writes of what never expires were acknowledged to this process. */
export interface WriteCounts {
  /** The cache said that they were on stable storage when it acknowledged them: they outlive a power cut of the store. */
  readonly durable: number;
  /** It did not say so: a store that is lost, or a failover, may take the last of them with it. */
  readonly uncertain: number;
}

export class LastingWrites {
  #durable = 0;
  #uncertain = 0;

  add(isDurable: boolean): void {
    if (isDurable) this.#durable += 1;
    else this.#uncertain += 1;
  }

  get counts(): WriteCounts {
    return { durable: this.#durable, uncertain: this.#uncertain };
  }
}
