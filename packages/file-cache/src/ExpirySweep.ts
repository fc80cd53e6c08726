import type { Database } from 'lmdb';
import { decodeEntry, isExpired } from './entryCodec.js';

const writesBetweenSteps = 32;
const keysPerStep = 128;

/**
 * Deletes expired entries while other work goes on: tokens of devices that never come back would otherwise grow the
 * file for ever. LMDB has no expiry of its own, and an index by expiry would double every write.
 *
 * Each write pays for four keys of a walk round the whole store, so the walk keeps pace with whatever fills it.
 */
export class ExpirySweep {
  readonly #entries: Database<Buffer, string>;
  #writesUntilStep = writesBetweenSteps;
  #lastKey: string | null = null;

  constructor(entries: Database<Buffer, string>) {
    this.#entries = entries;
  }

  /** To be called once for each write, inside its transaction. */
  afterWrite(now: number): void {
    this.#writesUntilStep -= 1;
    if (this.#writesUntilStep > 0) return;
    this.#writesUntilStep = writesBetweenSteps;
    this.#step(now);
  }

  #step(now: number): void {
    const from = this.#lastKey === null ? {} : { start: this.#lastKey, exclusiveStart: true };
    const walked = [...this.#entries.getRange({ ...from, limit: keysPerStep })];
    for (const { key, value } of walked) {
      if (isExpiredEntry(value, now)) this.#entries.removeSync(key);
    }
    this.#lastKey = walked.length < keysPerStep ? null : (walked.at(-1)?.key ?? null);
  }
}

function isExpiredEntry(bytes: Buffer, now: number): boolean {
  try {
    return isExpired(decodeEntry(bytes), now);
  } catch {
    // Whoever reads the key is told; a write of another device has nothing to do with it.
    return false;
  }
}
