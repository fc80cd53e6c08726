import { RedisFailure } from '../RedisFailure.js';

/** What `work` settles with, or a rejection after `limitMs`. The work goes on: its outcome is then unknown. */
export async function withinLimit<Result>(limitMs: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    const giveUp = (): void =>
      reject(new RedisFailure('unreachable', `no answer within ${Math.round(limitMs)} ms`, 'TIMEOUT'));
    // Where the process itself was held up, timers come before the answers that have arrived meanwhile.
    timer = setTimeout(() => setImmediate(giveUp), limitMs);
  });
  try {
    // Both are handled by the race, also the one that loses it.
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
