import { allOver } from '../time/allOver.js';
import { monotonicOf, type Clock } from '../time/clock.js';
import type { Timing } from '../timing.js';
import type { PairLooks } from './KnownPairs.js';

export interface DoubtsOptions {
  readonly clock: Clock;
  readonly timing: Pick<Timing['recovery'], 'stalledAfterMs' | 'holdRetryMs'>;
  /** Whether registrations no longer wait for the pair of a device. */
  readonly isGivenUp: (key: string) => boolean;
}

/**
 * Neighbours that were not found beside a device that looks new. Until somebody has looked closer, no device of their range
 * is registered; but a pair that can neither be found nor put back must not stop its range.
 */
export class Doubts {
  readonly #options: DoubtsOptions;
  /** `since`: as the monotonic clock has it. */
  readonly #doubted: Map<string, { readonly range: number; readonly since: number }> = new Map();

  constructor(options: DoubtsOptions) {
    this.#options = options;
  }

  /** Looks at the neighbours of a range. Returns those that were not found, which are doubted from now on. */
  async lookAt(
    range: number,
    neighbours: readonly string[],
    looks: Pick<PairLooks, 'isThere'>,
  ): Promise<readonly string[]> {
    const wanted = neighbours.filter((key) => !this.#options.isGivenUp(key));
    const found = await allOver(wanted.map(async (key) => await looks.isThere(key)));
    const missed = wanted.filter((_, at) => found[at] !== true);
    const since = monotonicOf(this.#options.clock);
    for (const key of missed) if (!this.#doubted.has(key)) this.#doubted.set(key, { range, since });
    return missed;
  }

  remove(key: string): void {
    this.#doubted.delete(key);
  }

  /** Believes all that is doubted now. */
  clear(): void {
    for (const [key, { range }] of this.#doubted) this.#doubted.set(key, { range, since: -Infinity });
  }

  /** Milliseconds for which no device of the range is registered; 0: none of its neighbours is doubted. */
  heldForMs(range: number): number {
    const { stalledAfterMs, holdRetryMs } = this.#options.timing;
    const now = monotonicOf(this.#options.clock);
    for (const doubt of this.#doubted.values())
      if (doubt.range === range && now - doubt.since < stalledAfterMs) return holdRetryMs;
    return 0;
  }
}
