import type { CacheWrite } from '@pass-dcr/core';
import type { Row, Table } from './tableCache.js';

/** A database for the worked example: statements take a moment, and each is atomic. */
export class MemoryTable implements Table {
  readonly #rows = new Map<string, Row>();

  async select(keys: readonly string[]): Promise<readonly Row[]> {
    await moment();
    return [...new Set(keys)].toReversed().flatMap((key) => this.#live(key) ?? []);
  }

  async insert(key: string, version: string, next: CacheWrite): Promise<boolean> {
    await moment();
    return this.#live(key) === undefined && this.#put(key, version, next);
  }

  async update(key: string, expected: string, version: string, next: CacheWrite): Promise<boolean> {
    await moment();
    return this.#live(key)?.version === expected && this.#put(key, version, next);
  }

  async delete(key: string, expected: string): Promise<boolean> {
    await moment();
    return this.#rows.get(key)?.version === expected && this.#rows.delete(key);
  }

  #live(key: string): Row | undefined {
    const row = this.#rows.get(key);
    return row === undefined || (row.expiresAt !== null && Date.now() >= row.expiresAt) ? undefined : row;
  }

  #put(key: string, version: string, { value, ttlMs }: CacheWrite): boolean {
    this.#rows.set(key, { key, version, value, expiresAt: ttlMs === null ? null : Date.now() + ttlMs });
    return true;
  }
}

const moment = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
