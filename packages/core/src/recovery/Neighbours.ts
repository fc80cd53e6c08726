import { rangeCount } from './ranges.js';

interface Neighbour {
  readonly key: string;
  /** Epoch milliseconds: when the pair was registered, or changed. */
  readonly at: number;
}

/**
 * Of each range the oldest pair that this process knows, and the one changed last: registered, marked, replaced or put
 * back. Where both are as they were left, a cache has lost nothing of the range: neither what a node had, nor what was
 * written after a backup.
 */
export class Neighbours {
  readonly #oldest: (Neighbour | undefined)[] = Array.from({ length: rangeCount });
  readonly #changedLast: (Neighbour | undefined)[] = Array.from({ length: rangeCount });

  /** Of a pair that is known: it may be the oldest, or, by what it says itself, the one changed last. */
  knows(
    range: number,
    key: string,
    { registeredAt, changedAt }: { registeredAt: number; changedAt: number },
  ): void {
    const oldest = this.#oldest[range];
    if (oldest === undefined || oldest.key === key || registeredAt < oldest.at)
      this.#oldest[range] = { key, at: registeredAt };
    const last = this.#changedLast[range];
    if (last === undefined || changedAt > last.at) this.#changedLast[range] = { key, at: changedAt };
  }

  /** Of a pair whose change this process has made, or has seen: it is the last, whatever clocks say. */
  changed(range: number, key: string, now: number): void {
    this.#changedLast[range] = { key, at: now };
  }

  /** The device is not known any more; the next of its range takes the place. */
  forget(range: number, key: string): void {
    if (this.#oldest[range]?.key === key) this.#oldest[range] = undefined;
    if (this.#changedLast[range]?.key === key) this.#changedLast[range] = undefined;
  }

  oldestOf(range: number): string | undefined {
    return this.#oldest[range]?.key;
  }

  /** Each device once. */
  of(range: number): readonly string[] {
    const keys = [this.#oldest[range]?.key, this.#changedLast[range]?.key];
    return [...new Set(keys.filter((key) => key !== undefined))];
  }

  all(): readonly string[] {
    return Array.from({ length: rangeCount }, (_, range) => this.of(range)).flat();
  }
}
