import type { Version } from '../cache/PassCache.js';
import type { RecordStore, StoreSlot } from '../cache/RecordStore.js';
import type { Timing } from '../timing.js';
import { statementToStored, storedToStatement, type StatementRecord } from './statementRecord.js';

export interface SharedStatementOptions {
  readonly store: RecordStore;
  /** Of the record. */
  readonly key: string;
  readonly timing: Timing['admission'];
}

/** What may be in the record when something else is to be written; `null`: nothing that says anything. */
export type MayReplace = (found: StatementRecord | null) => boolean;

/** The record of one statement in the cache, through which processes tell each other what they found out. */
export class SharedStatement {
  readonly #options: SharedStatementOptions;
  /** When it was last seen; `null`: there was none. */
  #version: Version | null = null;

  constructor(options: SharedStatementOptions) {
    this.#options = options;
  }

  /**
   * What it says, if it is not as it was last seen. `isOutdated`: more has become known since this was asked, so that the
   * answer says nothing.
   * @throws PassError `cache_unavailable`
   */
  async news(isOutdated: () => boolean): Promise<StatementRecord | null> {
    const [slot] = await this.#options.store.read([this.#options.key]);
    if (slot === undefined || isOutdated() || versionOf(slot) === this.#version) return null;
    this.#version = versionOf(slot);
    return this.#recordIn(slot);
  }

  /**
   * Puts `record` in the place of what was last seen, and of what `mayReplace` says. Else `found` is there, or something else
   * each time that it was tried.
   * @throws PassError `cache_unavailable`: nobody knows
   */
  async put(
    record: StatementRecord,
    mayReplace: MayReplace,
  ): Promise<{ readonly isStored: boolean; readonly found: StatementRecord | null }> {
    const { store, key, timing } = this.#options;
    for (let attempt = 0; attempt < timing.statementAttempts; attempt += 1) {
      const swapped = await store.swap(key, this.#version, statementToStored(record), timing.statementKeptMs);
      if (swapped.ok) {
        this.#version = swapped.version;
        return { isStored: true, found: record };
      }
      this.#version = versionOf(swapped.current);
      const found = this.#recordIn(swapped.current);
      if (!mayReplace(found)) return { isStored: false, found };
    }
    return { isStored: false, found: null };
  }

  #recordIn(slot: StoreSlot): StatementRecord | null {
    return slot.kind === 'stored' ? storedToStatement(slot.value, this.#options.timing) : null;
  }
}

function versionOf(slot: StoreSlot): Version | null {
  return slot.kind === 'absent' ? null : slot.version;
}
