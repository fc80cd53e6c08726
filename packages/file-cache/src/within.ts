/** What `work` settles with, or a rejection after `timeoutMs`. The work goes on: its outcome is then unknown. */
export async function within<Result>(timeoutMs: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    // Both are handled by the race, also the one that loses it.
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
