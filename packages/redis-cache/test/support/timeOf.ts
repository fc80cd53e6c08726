import { isPassError } from '@pass-dcr/core';

export interface Outcome {
  readonly tookMs: number;
  /** `ok`, or the message of the error. */
  readonly result: string;
}

/** How long a call takes, and how it ends. Only errors of the cache are outcomes. */
export async function timeOf(call: () => Promise<unknown>): Promise<Outcome> {
  const startedAt = performance.now();
  let result = 'ok';
  try {
    await call();
  } catch (error) {
    if (!isPassError(error) || error.code !== 'cache_unavailable') throw error;
    result = error.message;
  }
  return { tookMs: performance.now() - startedAt, result };
}
