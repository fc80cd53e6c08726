import { monotonicOf, type Clock } from './clock.js';
import { PassError } from '../errors.js';

/**
 * How long one caller waits: to an instant, or until one of its signals. Made once where the caller comes in, and handed
 * down to all that is done for it, be it one call or several. What it waits for goes on without it. Call `end` when all
 * is over.
 */
export class Deadline {
  /** An instant of the monotonic clock. */
  readonly at: number;
  /** All of the caller's signals as one; `undefined` if it has none. */
  readonly signal: AbortSignal | undefined;
  readonly #clock: Clock;
  readonly #unlink: () => void;

  constructor(clock: Clock, afterMs: number, signals: readonly (AbortSignal | undefined)[]) {
    this.#clock = clock;
    this.at = monotonicOf(clock) + afterMs;
    const linked = link(signals.filter((signal) => signal !== undefined));
    this.signal = linked.signal;
    this.#unlink = linked.unlink;
  }

  get remainingMs(): number {
    return this.at - monotonicOf(this.#clock);
  }

  /**
   * The outcome of `work`, or a rejection where the caller's wait ends first, by `stop` too.
   * @throws PassError `deadline_exceeded`, or the reason of the caller's signal or of `stop`
   */
  async during<Value>(work: Promise<Value>, stop?: AbortSignal): Promise<Value> {
    stop?.throwIfAborted();
    const { promise, resolve, reject } = deferred<Value>();
    const { signal } = this;
    const onAbort = (): void => reject(signal?.reason);
    const onStop = (): void => reject(stop?.reason);
    const timer = this.#clock.setTimer(() => reject(deadlineExceeded()), Math.max(0, this.remainingMs));
    signal?.addEventListener('abort', onAbort, { once: true });
    stop?.addEventListener('abort', onStop, { once: true });
    work.then(resolve, reject);
    if (signal?.aborted === true) onAbort();
    try {
      return await promise;
    } finally {
      timer.cancel();
      signal?.removeEventListener('abort', onAbort);
      stop?.removeEventListener('abort', onStop);
    }
  }

  /** Waits. Ends early, with a rejection, by the caller's signal or by `stop`. */
  async pause(waitMs: number, stop: AbortSignal): Promise<void> {
    stop.throwIfAborted();
    const { promise, resolve } = deferred<void>();
    const timer = this.#clock.setTimer(resolve, waitMs);
    try {
      await this.during(promise, stop);
    } finally {
      timer.cancel();
    }
  }

  end(): void {
    this.#unlink();
  }
}

function deadlineExceeded(): PassError {
  return new PassError('deadline_exceeded', 'Adobe Pass did not answer before the deadline of the call');
}

interface Deferred<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (reason: unknown) => void;
}

function deferred<Value>(): Deferred<Value> {
  let resolve: Deferred<Value>['resolve'] = () => undefined;
  let reject: Deferred<Value>['reject'] = () => undefined;
  const promise = new Promise<Value>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

/** `AbortSignal.any` would do, but on Node 20 a long-lived signal keeps what was derived from it. */
function link(signals: readonly AbortSignal[]): {
  readonly signal: AbortSignal | undefined;
  readonly unlink: () => void;
} {
  if (signals.length < 2) return { signal: signals[0], unlink: () => undefined };
  const controller = new AbortController();
  const listeners = signals.map((signal) => {
    const onAbort = (): void => controller.abort(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    return () => signal.removeEventListener('abort', onAbort);
  });
  return { signal: controller.signal, unlink: () => listeners.forEach((unlink) => unlink()) };
}
