import type { KeySpace, KeySpaceSight } from '../cache/keySpace.js';
import { monotonicOf, type Clock } from '../time/clock.js';
import type { Timing } from '../timing.js';
import { fromHex, type Ranges } from './ranges.js';

/** What a look at the record of the key space tells this process. */
export type Sign =
  | { readonly kind: 'none' }
  /** The cache is not the one that it was, or an earlier state of it. */
  | { readonly kind: 'changed' }
  /** Another process has found pairs missing; all of them in `wiped`. */
  | { readonly kind: 'told'; readonly wiped: Ranges };

export function signOf({ found, lostIn }: KeySpaceSight, knowsDevices: boolean, isRestoring: boolean): Sign {
  switch (found) {
    case 'lost':
    case 'old':
      return { kind: 'changed' };
    case 'absent':
      // Whoever knows a pair knows that there was a key space.
      return knowsDevices && !isRestoring ? { kind: 'changed' } : { kind: 'none' };
    case 'intact':
      return lostIn === null ? { kind: 'none' } : { kind: 'told', wiped: fromHex(lostIn) };
  }
}

export interface KeySpaceWatchOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly keySpace: KeySpace;
  readonly timing: Timing['recovery'];
  readonly knowsDevices: () => boolean;
  readonly isRestoring: () => boolean;
  /** The cache is not the one that it was, or an earlier state of it. */
  readonly onChanged: () => void;
  /** Another process has found pairs missing; all of them in `wiped`. */
  readonly onTold: (wiped: Ranges) => void;
}

/** Looks at the record of the key space, by which every process sees that data was lost, or that another has found it. */
export class KeySpaceWatch {
  readonly #options: KeySpaceWatchOptions;
  /** The tick that was seen last, and since when. */
  #tick: { readonly value: number; readonly since: number } | null = null;

  constructor(options: KeySpaceWatchOptions) {
    this.#options = options;
  }

  /** Whether a look could tell this process anything. */
  get isWorthALook(): boolean {
    return this.#options.keySpace.isKnown || this.#options.knowsDevices();
  }

  /** @throws PassError `cache_unavailable` */
  async look(): Promise<void> {
    const { keySpace, knowsDevices, isRestoring, onChanged, onTold } = this.#options;
    const sight = await keySpace.look();
    const sign = signOf(sight, knowsDevices(), isRestoring());
    if (sign.kind === 'changed') onChanged();
    if (sign.kind === 'told') onTold(sign.wiped);
    // So that the others see it too, though what is there now will soon say more than what they have seen.
    if (sight.found === 'old') await keySpace.tellLoss('');
    await this.#keepTicking(sight.tick);
  }

  async #keepTicking(value: number): Promise<void> {
    const { clock, random, keySpace, timing } = this.#options;
    const now = monotonicOf(clock);
    if (this.#tick?.value !== value) {
      // Not all processes at the same instant.
      this.#tick = { value, since: now + random() * timing.tickSpreadMs };
    } else if (keySpace.isKnown && now - this.#tick.since >= timing.tickEveryMs) {
      this.#tick = { value, since: now };
      await keySpace.tick(value);
    }
  }
}
