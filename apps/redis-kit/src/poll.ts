import { setTimeout as delay } from 'node:timers/promises';

const intervalMs = 20;

/** Asks until the answer is not `undefined`. @throws Error with what `describe` says, after `limitMs` */
export async function poll<Answer>(
  ask: () => Promise<Answer | undefined>,
  { limitMs, describe }: { readonly limitMs: number; readonly describe: () => string },
): Promise<Answer> {
  const startedAt = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() - startedAt > limitMs)
      throw new Error(`${describe()} (waited ${String(limitMs)} ms)`);
    await delay(intervalMs);
  }
}
