import type { CacheWrite } from '@pass-dcr/core';
import type { Pool } from 'pg';
import type { Row, Table } from './tableCache.js';

/** The statements of the worked example, on the table of docs/writing-a-cache.md. "Now" is the database's own clock. */
export class PostgresTable implements Table {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async select(keys: readonly string[]): Promise<readonly Row[]> {
    const { rows } = await this.#pool.query<StoredRow>(
      `SELECT key, version, value, extract(epoch FROM expires_at)::float8 * 1000 AS expires_ms FROM pass_records
       WHERE key = ANY($1) AND (expires_at IS NULL OR expires_at > clock_timestamp())`,
      [keys],
    );
    return rows.map(({ key, version, value, expires_ms: expiresAt }) => ({
      key,
      version,
      value: value.toString('latin1'),
      expiresAt,
    }));
  }

  async insert(key: string, version: string, next: CacheWrite): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      `INSERT INTO pass_records (key, version, value, expires_at)
       VALUES ($1, $2, $3, clock_timestamp() + $4::float8 * interval '1 millisecond')
       ON CONFLICT (key) DO UPDATE
       SET version = EXCLUDED.version, value = EXCLUDED.value, expires_at = EXCLUDED.expires_at
       WHERE pass_records.expires_at <= clock_timestamp()`,
      [key, version, Buffer.from(next.value, 'latin1'), next.ttlMs],
    );
    return rowCount === 1;
  }

  async update(key: string, expected: string, version: string, next: CacheWrite): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      `UPDATE pass_records
       SET version = $3, value = $4, expires_at = clock_timestamp() + $5::float8 * interval '1 millisecond'
       WHERE key = $1 AND version = $2 AND (expires_at IS NULL OR expires_at > clock_timestamp())`,
      [key, expected, version, Buffer.from(next.value, 'latin1'), next.ttlMs],
    );
    return rowCount === 1;
  }

  async delete(key: string, expected: string): Promise<boolean> {
    const { rowCount } = await this.#pool.query('DELETE FROM pass_records WHERE key = $1 AND version = $2', [
      key,
      expected,
    ]);
    return rowCount === 1;
  }
}

interface StoredRow {
  readonly key: string;
  readonly version: string;
  readonly value: Buffer;
  readonly expires_ms: number | null;
}
