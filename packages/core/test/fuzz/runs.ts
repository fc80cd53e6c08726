import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, expect } from 'vitest';

/** `PASS_DCR_FUZZ_RUNS=100` makes every property run a hundred times as often as in `npm test`. */
const factor = Math.max(1, Number(process.env['PASS_DCR_FUZZ_RUNS'] ?? 1) || 1);

export function runs(count: number): number {
  return Math.round(count * factor);
}

/** A campaign takes as long as it takes. */
export const campaignMs = 60_000 * factor;

/** Checks `property` with a random seed, which fast-check prints where it fails. */
export async function holds<Case>(property: fc.IAsyncProperty<Case>, count: number): Promise<void> {
  await fc.assert(property, { numRuns: runs(count) });
}

/** How often something happened: a property whose interesting branch was never reached proves nothing. */
export class Tally {
  readonly #counts: Map<string, number> = new Map();

  add(name: string): void {
    this.#counts.set(name, this.of(name) + 1);
  }

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  get names(): readonly string[] {
    return [...this.#counts.keys()];
  }

  /** Shown by a campaign. */
  report(title: string): void {
    if (factor === 1) return;
    const counts = Object.fromEntries([...this.#counts].toSorted(([a], [b]) => a.localeCompare(b)));
    process.stdout.write(`${title} ${inspect(counts, { breakLength: Infinity })}\n`);
  }
}

/** Fails a test during which a rejection was left to nobody. */
export function watchUnhandled(): void {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  beforeEach(() => {
    unhandled.length = 0;
    process.on('unhandledRejection', note);
  });
  afterEach(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
}
