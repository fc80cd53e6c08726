import { admit, closedBreaker, nextBreakerState, type BreakerEvent, type BreakerState } from './breaker.js';
import { RedisFailure } from '../RedisFailure.js';

/** A breaker for each part of a store that can fail alone. Those that are closed take no room. */
export class Breakers {
  readonly #states = new Map<number, BreakerState>();
  /** Why the last call of an area that is not closed failed. */
  readonly #reasons = new Map<number, string>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether the call that enters is the one that has to find out. @throws RedisFailure if it may not be made now */
  enter(area: number): { readonly isProbe: boolean } {
    const { state, ...admission } = admit(this.#states.get(area) ?? closedBreaker, this.#now());
    this.#put(area, state);
    if (admission.admitted) return admission;
    throw new RedisFailure(
      'suspended',
      `Redis did not answer before${this.#reasons.get(area) ?? ''} and is asked again in ${Math.ceil(admission.retryAfterMs)} ms`,
    );
  }

  /** `reason`: of a failure, in words that can be shown. */
  settle(area: number, event: BreakerEvent, reason?: string): void {
    if (reason !== undefined) this.#reasons.set(area, ` (${reason})`);
    this.#put(area, nextBreakerState(this.#states.get(area) ?? closedBreaker, event, this.#now()));
  }

  /** The client says that it is connected. */
  connected(): void {
    for (const area of [...this.#states.keys()]) this.settle(area, { type: 'connected' });
  }

  #put(area: number, state: BreakerState): void {
    if (state.kind !== 'closed' || state.failures > 0) return void this.#states.set(area, state);
    this.#states.delete(area);
    this.#reasons.delete(area);
  }
}
