interface Segment {
  /** Real time. */
  readonly from: number;
  /** Simulated minus real time. */
  readonly offsetMs: number;
}

/** Translates the time of a simulator whose clock was moved on, never back. */
export class RealTime {
  readonly #segments: Segment[];

  constructor(offsetMs: number) {
    this.#segments = [{ from: -Infinity, offsetMs }];
  }

  /** From the real time `at` on. */
  advanced(at: number, offsetMs: number): void {
    this.#segments.push({ from: at, offsetMs });
  }

  of(simulated: number): number {
    const segment = this.#segments.findLast(({ from, offsetMs }) => simulated - offsetMs >= from);
    return simulated - (segment?.offsetMs ?? 0);
  }
}
