import { setTimeout } from 'node:timers/promises';

/** Waits until `isTrue`, which may throw until then. */
export async function eventually(what: string, isTrue: () => unknown, limitMs = 20_000): Promise<void> {
  const endsAt = Date.now() + limitMs;
  for (;;) {
    try {
      if ((await isTrue()) === true) return;
    } catch {
      // Not yet.
    }
    if (Date.now() > endsAt) throw new Error(`${what} has not happened within ${limitMs} ms`);
    await setTimeout(10);
  }
}
