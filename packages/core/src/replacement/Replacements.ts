import type { Failure } from '../registration/event.js';

/** A pair of a device that Adobe Pass is asked for a token with. */
export interface AskedPair {
  readonly tag: string;
  readonly clientId: string;
  readonly registeredAt: number;
}

export type Verdict =
  /** Not enough yet: ask for a token with the pair again after `delayMs`. */
  | { readonly kind: 'again'; readonly delayMs: number }
  /** Nothing is replaced now; callers are told. */
  | { readonly kind: 'suspended'; readonly failure: Failure }
  /** The evidence holds. */
  | { readonly kind: 'proven' };

/** Whoever sees more than one device, and so can tell a dead pair from a confused Adobe Pass. */
export interface Replacements {
  /** Before a token call with a stored pair: why it has to wait; `null`: it has not. */
  mayAsk(pair: AskedPair, hasUsableToken: boolean): Promise<Failure | null>;
  /** Adobe Pass issued a token for the pair. Costs no I/O. */
  issued(pair: AskedPair): void;
  /** Adobe Pass refused the pair, and its device has a usable token. Costs no I/O. */
  refusedHarmlessly(pair: AskedPair): void;
  /** Adobe Pass refused the pair, and its device has no usable token. */
  refused(pair: AskedPair): Promise<Verdict>;
  /** Just before the swap that changes the pair of a device; `null`: go on. */
  takePlace(tag: string): Promise<Failure | null>;
}
