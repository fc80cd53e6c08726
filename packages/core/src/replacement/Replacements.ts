import type { Failure } from '../registration/event.js';

/** A stored pair of a device that is asked for a token. */
export interface AskedPair {
  /** Of the device: the keyed hash of its identifier. */
  readonly tag: string;
  readonly clientId: string;
  /** Epoch milliseconds. */
  readonly registeredAt: number;
}

export type Verdict =
  /** Not enough yet: ask for a token with the pair again after `delayMs`. */
  | { readonly kind: 'again'; readonly delayMs: number }
  /** Nothing is replaced now, and callers are told: `replacement_suspended`, always with `retryAfterMs`. */
  | { readonly kind: 'suspended'; readonly failure: Failure }
  /** The evidence holds: register, prove, and ask for a place just before the swap. */
  | { readonly kind: 'proven' };

/**
 * Decides whether a pair that Adobe Pass refuses is dead. To replace one that is not signs a viewer out, so: the pair is
 * refused several times, while other pairs, no younger, are served on the same way; nowhere in the fleet are many refused;
 * and the fleet as a whole changes few pairs in any five minutes.
 *
 * One for each `Pass`; its devices may call it at any time and all at once. Nothing rejects.
 */
export interface Replacements {
  /**
   * Before a token call with a stored pair: why it must wait, or `null`. Only an incident makes it wait. Reads the cache at
   * most once a second, and not at all where this process has met no refusal for a minute.
   *
   * `hasUsableToken`: its device has one that has not expired, and that no API call has answered with 401.
   */
  mayAsk(pair: AskedPair, hasUsableToken: boolean): Promise<Failure | null>;
  /**
   * Adobe Pass issued a token for the pair, which is stored. For every token call: it waits for nothing. A replacement is
   * told of once it is stored.
   */
  issued(pair: AskedPair): void;
  /** Adobe Pass answered `invalid_client` for the pair, and its device has no usable token. */
  refused(pair: AskedPair): Promise<Verdict>;
  /** As `refused`, of a device with a usable token: noted, and nothing else. Its renewal is postponed by whoever asked. */
  refusedHarmlessly(pair: AskedPair): void;
  /**
   * Just before the swap that changes the pair of a device, be it by a new one or by one of its earlier ones: whether the
   * fleet still allows it, and a place for it, which is taken for five minutes whatever comes of it. `null`: go on.
   */
  takePlace(tag: string): Promise<Failure | null>;
  /**
   * The swap after `takePlace` was refused: the pair of the device has not been changed, and that it was is taken back in the
   * background. The place itself stays taken.
   */
  placeUnused(tag: string): void;
  /**
   * The operator's word: for `forMs` milliseconds (at most a day) `maxDevices` pairs more than there are places may be
   * changed, fleet-wide, also during an incident, and of devices whose pair was changed twice. The evidence is still asked
   * for. A second word replaces the first; `maxDevices: 0` takes it back.
   * @throws PassError `cache_unavailable`, `option_invalid`
   */
  allow(options: { readonly forMs: number; readonly maxDevices: number }): Promise<void>;
  /** Why no pair of any device is replaced just now, for the readiness report; `null`: nothing is known to stand against it. */
  readonly suspension: string | null;
  /** Stops what goes on in the background. */
  close(): void;
}

/** Token calls for other devices of this process, on its own way to Adobe Pass, under their leases and for nobody's address. */
export interface WitnessSource {
  /**
   * At most `limit` pairs that this process knows and that are not in `except`: those of devices with a usable token first,
   * nearest to their renewal, then all others. It may give up after a bounded look.
   */
  candidates(limit: number, except: (pair: AskedPair) => boolean): readonly AskedPair[];
  /**
   * Renews the token of such a device early, and stores it. Settles when that is over; what came of it is also told by
   * `issued`, `refused` and `refusedHarmlessly`. `'unknown'`: no answer, a throttle, or somebody else was at it.
   */
  renewEarly(tag: string): Promise<'issued' | 'refused' | 'unknown'>;
}
