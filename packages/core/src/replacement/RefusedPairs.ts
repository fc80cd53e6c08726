import { allOver } from '../time/allOver.js';
import type { KeyNames } from '../cache/keyNames.js';
import type { Clock } from '../time/clock.js';
import type { Timing } from '../timing.js';
import {
  recordNumberOf,
  refusedRecordIn,
  shortTag,
  storedRefusedRecord,
  summaryOf,
  withWords,
  type Word,
} from './refusedRecord.js';
import type { SharedRecords } from '../cache/SharedRecords.js';

const recordCount = 16;

export interface RefusedInFleet {
  readonly newly: number;
  readonly refused: number;
  /** Whether the pair of a device counts as refused. */
  has(tag: string): boolean;
}

export interface RefusedPairsOptions {
  readonly clock: Clock;
  readonly records: SharedRecords;
  readonly names: KeyNames;
  readonly timing: Timing['replacement'];
}

/** The pairs that Adobe Pass refused, as the whole fleet has met them: in 16 records, chosen by tag. */
export class RefusedPairs {
  readonly #options: RefusedPairsOptions;
  /** What is not written yet, by the number of its record and by short tag. */
  readonly #pending: Map<number, Map<string, Word>> = new Map();
  readonly #writing: Map<number, Promise<void>> = new Map();

  constructor(options: RefusedPairsOptions) {
    this.#options = options;
  }

  get isPending(): boolean {
    return this.#pending.size > 0;
  }

  /** To be written by the next `publish`. */
  note(tag: string, word: Word): void {
    const number = recordNumberOf(tag);
    const words = this.#pending.get(number) ?? new Map<string, Word>();
    this.#pending.set(number, words.set(shortTag(tag), word));
  }

  /**
   * Writes all that was noted: however many devices are refused at once, each record by one swap after the other. What
   * others kept it from writing waits for the next time. @throws PassError `cache_unavailable`
   */
  async publish(): Promise<void> {
    await allOver([...this.#pending.keys()].map(async (number) => await this.#publish(number)));
  }

  /** @throws PassError `cache_unavailable` */
  async look(): Promise<RefusedInFleet> {
    const { records, names, clock, timing } = this.#options;
    const keys = Array.from({ length: recordCount }, (_, number) => names.ofRefused(number));
    const found = await records.lookAt(keys);
    const now = clock.now();
    const summaries = found.map(({ value }) => summaryOf(refusedRecordIn(value), now, timing));
    const devices = new Set(summaries.flatMap((summary) => summary.devices));
    return {
      newly: summaries.reduce((sum, { newly }) => sum + newly, 0),
      refused: summaries.reduce((sum, { refused }) => sum + refused, 0),
      has: (tag) => devices.has(shortTag(tag)),
    };
  }

  async #publish(number: number): Promise<void> {
    // Who comes while others write is written with all that came meanwhile.
    for (let running = this.#writing.get(number); running !== undefined; running = this.#writing.get(number))
      await running.catch(() => undefined);
    const words = this.#pending.get(number);
    if (words === undefined) return;
    this.#pending.delete(number);
    const writing = this.#write(number, words);
    this.#writing.set(number, writing);
    try {
      await writing;
    } finally {
      this.#writing.delete(number);
    }
  }

  async #write(number: number, words: ReadonlyMap<string, Word>): Promise<void> {
    const { records, names, clock, timing } = this.#options;
    let isWritten = false;
    try {
      isWritten = await records.change(names.ofRefused(number), (value) => {
        const next = withWords(refusedRecordIn(value), words, clock.now(), timing);
        return { value: storedRefusedRecord(next), ttlMs: timing.refusedKeptMs };
      });
    } finally {
      if (!isWritten) this.#putBack(number, words);
    }
  }

  #putBack(number: number, words: ReadonlyMap<string, Word>): void {
    this.#pending.set(number, new Map([...words, ...(this.#pending.get(number) ?? [])]));
  }
}
