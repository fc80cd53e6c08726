import { Semaphore } from './Semaphore.js';

/**
 * The places on the wire to Adobe Pass, of which some are kept for calls that have a token: registrations and token calls
 * may come in a rush, or hang, and who is signed in must not wait behind them.
 */
export class ExchangePlaces {
  readonly #all: Semaphore;
  readonly #withoutToken: Semaphore;

  constructor(places: number, keptForTokens: number) {
    this.#all = new Semaphore(places);
    this.#withoutToken = new Semaphore(Math.max(1, places - keptForTokens));
  }

  /** As `Semaphore.enter`. */
  enter(hasToken: boolean, start: () => void): () => void {
    if (hasToken) return this.#all.enter(start);
    let left = false;
    let leaveAll: () => void = () => undefined;
    const leave = this.#withoutToken.enter(() => {
      if (!left) leaveAll = this.#all.enter(start);
    });
    return () => {
      left = true;
      leaveAll();
      leave();
    };
  }
}
