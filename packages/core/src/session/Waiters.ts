import type { Clock, Timer } from '../time/clock.js';
import { PassError } from '../errors.js';
import type { Timing } from '../timing.js';

interface Waiter {
  readonly resolve: (accessToken: string) => void;
  readonly reject: (reason: unknown) => void;
  /** A token this caller has seen rejected. */
  readonly rejected: string | undefined;
  /** Epoch milliseconds. */
  readonly deadline: number;
  readonly release: () => void;
}

export interface WaitOptions {
  readonly signal: AbortSignal | undefined;
  readonly deadline: number;
  readonly rejected: string | undefined;
}

/** The callers that wait for one device's token. Each leaves by itself; none can end the work that the others share. */
export class Waiters {
  readonly #clock: Clock;
  readonly #timing: Timing['calls'];
  readonly #onEmpty: () => void;
  #waiting: Set<Waiter> = new Set();

  /** `onEmpty` is called when the last caller has left without an answer. */
  constructor(clock: Clock, timing: Timing['calls'], onEmpty: () => void) {
    this.#clock = clock;
    this.#timing = timing;
    this.#onEmpty = onEmpty;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** What the first caller still waiting has seen rejected, so that its wish is repeated in its own words. */
  get rejected(): string | undefined {
    for (const waiter of this.#waiting) return waiter.rejected;
    return undefined;
  }

  add(options: WaitOptions): Promise<string> {
    const { signal, deadline, rejected } = options;
    return new Promise<string>((resolve, reject) => {
      const leave = (reason: unknown): void => {
        if (!this.#waiting.delete(waiter)) return;
        waiter.release();
        waiter.reject(reason);
        if (this.#waiting.size === 0) this.#onEmpty();
      };
      const onAbort = (): void => leave(signal?.reason);
      const timer: Timer = this.#clock.setTimer(
        () => leave(deadlineExceeded(this.#timing)),
        deadline - this.#clock.now(),
      );
      const release = (): void => {
        timer.cancel();
        signal?.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter = { resolve, reject, rejected, deadline, release };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.add(waiter);
    });
  }

  /** Hands the token to everybody who has not seen this very token rejected. */
  deliver(accessToken: string): void {
    for (const waiter of this.#take((one) => one.rejected !== accessToken)) waiter.resolve(accessToken);
  }

  fail(error: () => unknown): void {
    for (const waiter of this.#take(() => true)) waiter.reject(error());
  }

  /** Tells those at once who would only find out later that it is too late for them. */
  failBefore(deadline: number, error: () => unknown): void {
    for (const waiter of this.#take((one) => one.deadline < deadline)) waiter.reject(error());
  }

  #take(which: (waiter: Waiter) => boolean): readonly Waiter[] {
    const taken = [...this.#waiting].filter(which);
    for (const waiter of taken) {
      this.#waiting.delete(waiter);
      waiter.release();
    }
    return taken;
  }
}

function deadlineExceeded({ retryAfterMs }: Timing['calls']): PassError {
  return new PassError('deadline_exceeded', 'the access token of the device did not come in time', {
    retryAfterMs,
  });
}
