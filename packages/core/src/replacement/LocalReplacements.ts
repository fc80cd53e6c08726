import type { ReplacementFuse } from '../admission/ReplacementFuse.js';
import type { Failure } from '../registration/event.js';
import type { Clock } from '../time/clock.js';
import type { Timing } from '../timing.js';
import type { AskedPair, Replacements, Verdict } from './Replacements.js';

/** What one process knows by itself: three refusals, and a fuse of its own. */
export class LocalReplacements implements Replacements {
  readonly #clock: Clock;
  readonly #fuse: ReplacementFuse;
  readonly #timing: Timing['replacement'];
  readonly #refusals: Map<string, number> = new Map();

  constructor(clock: Clock, fuse: ReplacementFuse, timing: Timing['replacement']) {
    this.#clock = clock;
    this.#fuse = fuse;
    this.#timing = timing;
  }

  async mayAsk(): Promise<Failure | null> {
    return await Promise.resolve(null);
  }

  issued({ clientId }: AskedPair): void {
    this.#refusals.delete(clientId);
  }

  refusedHarmlessly(): void {}

  async refused({ clientId }: AskedPair): Promise<Verdict> {
    const refusals = (this.#refusals.get(clientId) ?? 0) + 1;
    this.#refusals.set(clientId, refusals);
    if (refusals < this.#timing.refusals) return { kind: 'again', delayMs: this.#timing.refusalGapMs };
    this.#refusals.delete(clientId);
    return await Promise.resolve({ kind: 'proven' });
  }

  async allow(): Promise<void> {
    await Promise.resolve();
  }

  close(): void {}

  async takePlace(tag: string): Promise<Failure | null> {
    void this.#clock;
    return await Promise.resolve(this.#fuse.permit(tag));
  }
}
