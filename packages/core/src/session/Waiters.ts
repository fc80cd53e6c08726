import { monotonicOf, type Clock, type Timer } from '../time/clock.js';
import { PassError } from '../errors.js';
import type { Timing } from '../timing.js';

interface Waiter {
  readonly resolve: (accessToken: string) => void;
  readonly reject: (reason: unknown) => void;
  /** A token this caller has seen rejected. */
  readonly rejected: string | undefined;
  /** It waits for a token that was confirmed as well. */
  readonly binds: boolean;
  /** Of the monotonic clock. */
  readonly deadline: number;
  readonly release: () => void;
}

export interface WaitOptions {
  readonly signal: AbortSignal | undefined;
  readonly deadline: number;
  readonly rejected: string | undefined;
  readonly binds: boolean;
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

  /** What the first caller still waiting wants, so that it is repeated in its own words. */
  get first(): Pick<WaitOptions, 'rejected' | 'binds'> | undefined {
    for (const waiter of this.#waiting) return waiter;
    return undefined;
  }

  add(options: WaitOptions): Promise<string> {
    const { signal, deadline, rejected, binds } = options;
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
        deadline - monotonicOf(this.#clock),
      );
      const release = (): void => {
        timer.cancel();
        signal?.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter = { resolve, reject, rejected, binds, deadline, release };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.add(waiter);
    });
  }

  /** Hands the token to everybody who has not seen this very token rejected, and waits for no confirmation of it. */
  deliver(accessToken: string): void {
    this.#resolve(accessToken, ({ binds }) => !binds);
  }

  /** Hands a token of the confirmed pair to everybody who has not seen this very token rejected. */
  deliverConfirmed(accessToken: string): void {
    this.#resolve(accessToken, () => true);
  }

  fail(error: () => unknown): void {
    for (const waiter of this.#take(() => true)) waiter.reject(error());
  }

  /** Tells only those who wait for a confirmation (`binds`), or only the others. */
  failOnly(binds: boolean, error: () => unknown): void {
    for (const waiter of this.#take((one) => one.binds === binds)) waiter.reject(error());
  }

  /** Tells those at once who would only find out later that it is too late for them. */
  failBefore(deadline: number, error: () => unknown): void {
    for (const waiter of this.#take((one) => one.deadline < deadline)) waiter.reject(error());
  }

  #resolve(accessToken: string, whom: (waiter: Waiter) => boolean): void {
    for (const waiter of this.#take((one) => one.rejected !== accessToken && whom(one)))
      waiter.resolve(accessToken);
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
