import { setTimeout as delay } from 'node:timers/promises';

export interface UntilOptions {
  readonly withinMs: number;
  readonly everyMs?: number;
}

/** Milliseconds until `holds`; `null` if it did not in time. */
export async function until(
  holds: () => Promise<boolean> | boolean,
  { withinMs, everyMs = 10 }: UntilOptions,
): Promise<number | null> {
  const startedMs = performance.now();
  for (;;) {
    if (await holds()) return performance.now() - startedMs;
    if (performance.now() - startedMs > withinMs) return null;
    await delay(everyMs);
  }
}
