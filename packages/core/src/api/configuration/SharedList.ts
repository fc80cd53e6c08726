import type { Timing } from '../../timing.js';
import type { Configuration } from './types.js';

/** A caller who wants the list. */
export interface Asking {
  /** An aborted caller does not try again. */
  readonly signal: AbortSignal | undefined;
  /** Whether a call of this caller would go out at once: it has a token, and its address is not throttled. */
  readonly isFree: () => boolean;
  /** Asks Adobe Pass. `onHeldUp`: called where that waits for something else than its answer. */
  readonly retrieve: (onHeldUp: () => void) => Promise<Configuration>;
}

interface Attempt {
  isHeldUp: boolean;
  failure: { readonly reason: unknown } | undefined;
}

/**
 * One list that many callers share. One of them asks Adobe Pass, with a token and an address of its own; where that is held
 * up, the next caller who is free asks, and whoever is first serves all. A list that is minutes old is served while a newer
 * one is on its way. A failure is one device's affair: whoever shared it tries once more, again together.
 */
export class SharedList {
  readonly #now: () => number;
  readonly #timing: Pick<Timing['calls'], 'configurationMs' | 'configurationServedMs' | 'retryAfterMs'>;
  #kept: { readonly configuration: Configuration; readonly retrievedAt: number } | undefined;
  /** The last attempt that is still under way. */
  #leader: Attempt | undefined;
  #failures = 0;
  #failedAt = -Infinity;
  #lastReason: unknown;
  #changed: { readonly promise: Promise<void>; readonly resolve: () => void } = signal();

  constructor(
    now: () => number,
    timing: Pick<Timing['calls'], 'configurationMs' | 'configurationServedMs' | 'retryAfterMs'>,
  ) {
    this.#now = now;
    this.#timing = timing;
  }

  async get(asking: Asking): Promise<Configuration> {
    const failuresBefore = this.#failures;
    let own: Attempt | undefined;
    for (;;) {
      const ageMs = this.#kept === undefined ? Infinity : this.#now() - this.#kept.retrievedAt;
      if (this.#kept !== undefined && ageMs < this.#timing.configurationMs) return this.#kept.configuration;
      if (own === undefined && this.#mayLead(asking)) own = this.#start(asking);
      if (this.#kept !== undefined && ageMs < this.#timing.configurationServedMs)
        return this.#kept.configuration;
      if (own?.failure !== undefined) throw own.failure.reason;
      if (own === undefined && this.#failures - failuresBefore >= 2) throw this.#lastReason;
      await this.#changed.promise;
      asking.signal?.throwIfAborted();
    }
  }

  #mayLead({ isFree }: Asking): boolean {
    if (this.#leader !== undefined) return this.#leader.isHeldUp && isFree();
    // Whoever has a list to show need not try at every request while Adobe Pass fails.
    return this.#kept === undefined || this.#now() >= this.#failedAt + this.#timing.retryAfterMs;
  }

  #start({ isFree, retrieve }: Asking): Attempt {
    const attempt: Attempt = { isHeldUp: !isFree(), failure: undefined };
    this.#leader = attempt;
    const onHeldUp = (): void => {
      if (attempt.isHeldUp) return;
      attempt.isHeldUp = true;
      this.#tell();
    };
    retrieve(onHeldUp).then(
      (configuration) => {
        this.#kept = { configuration, retrievedAt: this.#now() };
        this.#end(attempt);
      },
      (reason: unknown) => {
        attempt.failure = { reason };
        this.#failures += 1;
        this.#failedAt = this.#now();
        this.#lastReason = reason;
        this.#end(attempt);
      },
    );
    return attempt;
  }

  #end(attempt: Attempt): void {
    if (this.#leader === attempt) this.#leader = undefined;
    this.#tell();
  }

  #tell(): void {
    const { resolve } = this.#changed;
    this.#changed = signal();
    resolve();
  }
}

function signal(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((onResolve) => {
    resolve = onResolve;
  });
  return { promise, resolve };
}
