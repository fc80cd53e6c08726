import type { Neighbours } from './Neighbours.js';
import type { Ranges } from './ranges.js';

/** What this process knows of devices, as far as it concerns putting pairs back. */
export interface KnownPairs {
  /** Devices that are known. */
  readonly size: number;
  readonly neighbours: Pick<Neighbours, 'of' | 'all' | 'oldestOf'>;
  /** The range of a device; `undefined`: it is not known. */
  rangeOf(key: string): number | undefined;
  /**
   * Keys of the devices of these ranges: first those that a viewer has signed in with, and among equals those with a
   * token that is not due yet, which were here last.
   */
  keysIn(ranges: Ranges): readonly string[];
}

/**
 * What came of a look at the pair of a device. `'there'`: the cache has it. `'putBack'`: the cache had lost it, or had an
 * older copy, and has it again. `'unanswered'`: the cache did not say, or did not take it. `'busy'`: other work on the
 * device goes on, which is followed by the look. `'unknown'`: nothing is known of the device any more.
 */
export type LookOutcome = 'there' | 'putBack' | 'unanswered' | 'busy' | 'unknown';

export interface PairLooks {
  /** Looks strongly whether the cache still has the pair of a device, and puts it back if not. Never rejects. */
  look(key: string): Promise<LookOutcome>;
  /** Only looks. `null`: the cache did not answer. Never rejects. */
  isThere(key: string): Promise<boolean | null>;
}
