import type { KeySpace } from '../cache/keySpace.js';
import { monotonicOf, type Clock } from '../time/clock.js';
import type { Timing } from '../timing.js';

/** The instants of losses that still count, with one more; of the monotonic clock. */
export function withLoss(
  recent: readonly number[],
  now: number,
  { lossWindowMs }: Pick<Timing['recovery'], 'lossWindowMs'>,
): readonly number[] {
  return [...recent.filter((at) => at > now - lossWindowMs), now];
}

/** Whether what a look has found means that data was lost. */
export function isLoss(
  found: 'intact' | 'lost' | 'absent',
  process: { readonly knowsDevices: boolean; readonly isRestoring: boolean },
): boolean {
  switch (found) {
    case 'intact':
      return false;
    case 'lost':
      return true;
    // Whoever knows a pair knows that there was a key space.
    case 'absent':
      return process.knowsDevices && !process.isRestoring;
  }
}

export interface KeySpaceWatchOptions {
  readonly clock: Clock;
  readonly keySpace: KeySpace;
  readonly timing: Timing['recovery'];
  readonly knowsDevices: () => boolean;
  readonly isRestoring: () => boolean;
  /** Data was lost. */
  readonly onLoss: () => void;
}

/** Finds out that the cache has lost data: by the record of the key space, and by pairs that had to be put back. */
export class KeySpaceWatch {
  readonly #options: KeySpaceWatchOptions;
  #recentLosses: readonly number[] = [];

  constructor(options: KeySpaceWatchOptions) {
    this.#options = options;
  }

  /** Whether a look could tell this process anything. */
  get isWorthALook(): boolean {
    return this.#options.keySpace.isKnown || this.#options.knowsDevices();
  }

  /** @throws PassError `cache_unavailable` */
  async look(): Promise<void> {
    const { keySpace, knowsDevices, isRestoring, onLoss } = this.#options;
    const found = await keySpace.look();
    if (isLoss(found, { knowsDevices: knowsDevices(), isRestoring: isRestoring() })) onLoss();
  }

  /** This process has put a pair back: several at once are a loss of data, not somebody who deleted a record. */
  restored(): void {
    const { clock, timing, isRestoring, onLoss } = this.#options;
    if (isRestoring()) return;
    this.#recentLosses = withLoss(this.#recentLosses, monotonicOf(clock), timing);
    if (this.#recentLosses.length === timing.lossesAtOnce) onLoss();
  }
}
