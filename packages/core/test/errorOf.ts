import { isPassError, type PassError } from '../src/errors.js';

/** The `PassError` that `call` throws. Anything else, and nothing, fails the test. */
export function errorOf(call: () => unknown): PassError {
  try {
    call();
  } catch (error) {
    if (isPassError(error)) return error;
    throw new Error('something else than a PassError was thrown', { cause: error });
  }
  throw new Error('nothing was thrown');
}
