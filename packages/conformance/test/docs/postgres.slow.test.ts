import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { cacheConformance, checkHistory, recordHistory } from '@pass-dcr/conformance';
import type { PassCache } from '@pass-dcr/core';
import { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PostgresTable } from './PostgresTable.js';
import { postgresPrograms, startPostgres, type PostgresServer } from './startPostgres.js';
import { tableCache } from './tableCache.js';

const programs = postgresPrograms();
const skipped = programs === null ? ' (needs PostgreSQL: apt-get install postgresql)' : '';
/** `npm run proofs` asks for 100 000. */
const operations = Number(process.env['HISTORY_OPERATIONS'] ?? 4_000);

const page = readFileSync(new URL('../../../../docs/writing-a-cache.md', import.meta.url), 'utf8');
const [, schema = ''] = /^```sql\n([\s\S]*?)^```$/m.exec(page) ?? [];

describe.skipIf(programs === null)(`the worked example on a real PostgreSQL${skipped}`, () => {
  let server: PostgresServer;
  const pools: Pool[] = [];
  const poolOf = new WeakMap<PassCache, Pool>();

  const connect = (): Pool => {
    const pool = new Pool({ host: server.host, user: 'pass', database: 'postgres', max: 8 });
    // What goes wrong rejects the statements.
    pool.on('error', () => undefined);
    pools.push(pool);
    return pool;
  };
  const open = (): PassCache => {
    const pool = connect();
    const cache = tableCache(new PostgresTable(pool));
    poolOf.set(cache, pool);
    return cache;
  };

  beforeAll(async () => {
    server = await startPostgres(programs ?? '');
    const pool = connect();
    await pool.query(schema);
    await pool.end();
  }, 60_000);
  // The server takes a hundred connections; those of earlier tests would leave the last ones none.
  afterEach(async () => {
    const left = pools.splice(0).filter(({ ended }) => !ended);
    await Promise.all(left.map(async (pool) => await pool.end()));
  });
  afterAll(async () => {
    await server.stop();
  }, 60_000);

  const report = cacheConformance({
    it,
    expect,
    create: open,
    createPeer: open,
    async interrupt(cache) {
      await poolOf.get(cache)?.end();
    },
    async stall() {
      const client = await connect().connect();
      await client.query('BEGIN; LOCK TABLE pass_records IN ACCESS EXCLUSIVE MODE');
      const release = async (): Promise<void> => {
        await setTimeout(1_500);
        await client.query('ROLLBACK');
        client.release();
      };
      void release();
    },
  });

  it('is skipped and counted where it offers nothing', () => {
    expect(new Set(report.notOffered.map(({ needs }) => needs))).toEqual(
      new Set(['resend', 'keys', 'onReconnect']),
    );
  });

  it('has the history of a register with compare-and-set', { timeout: 900_000 }, async () => {
    const history = await recordHistory({ caches: [open(), open(), open()], operations, timeoutMs: 10_000 });
    const found = checkHistory(history);
    process.stdout.write(`history of PostgreSQL: ${JSON.stringify(found)}\n`);
    expect(found).toMatchObject({ operations, unknown: 0, lost: 0, violations: [] });
  });
});
