import { isErrorLike } from '../errorShape.js';
import type { Clock } from './clock.js';

/**
 * What `start()` settles with, or a rejection with `timeoutError()` after `timeoutMs`, whatever `start` does: throw at
 * once, never settle, or settle too late, which then concerns nobody any more.
 */
export async function settleWithin<Value>(
  clock: Clock,
  timeoutMs: number,
  start: () => Promise<Value>,
  timeoutError: () => Error,
): Promise<Value> {
  // An async function turns a synchronous throw into a rejection and adopts a foreign thenable.
  const started = (async () => start())();
  return new Promise<Value>((resolve, reject) => {
    const timer = clock.setTimer(() => reject(timeoutError()), timeoutMs);
    // Both outcomes are handled here, so one that comes after the timeout is no unhandled rejection.
    started.then(
      (value) => {
        timer.cancel();
        resolve(value);
      },
      (error: unknown) => {
        timer.cancel();
        reject(asError(error));
      },
    );
  });
}

function asError(error: unknown): Error {
  try {
    if (isErrorLike(error)) return error;
  } catch {
    // A proxy that is revoked, or that throws: nothing can be asked of it.
  }
  return new Error('what was waited for rejected with something that is no Error', { cause: error });
}
