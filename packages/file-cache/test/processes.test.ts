import { execFileSync } from 'node:child_process';
import { fileCache } from '@pass-dcr/file-cache';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CacheProcess } from './support/CacheProcess.js';
import { temporaryFolder } from './support/temporaryFolder.js';

async function start(path: string): Promise<CacheProcess> {
  const started = await CacheProcess.start(path);
  onTestFinished(() => started.kill());
  return started;
}

describe('processes of one host', { timeout: 120_000 }, () => {
  it('four that race for the same 2 000 keys agree on one winner each, and all take part', async () => {
    const path = temporaryFolder();
    const racers = await Promise.all([start(path), start(path), start(path), start(path)]);
    const keys = Array.from({ length: 2000 }, (_, index) => `race:{k${index}}:c`);
    // Not all in the same order, or the first to hold the lock would take them all.
    const orders = racers.map((_, racer) => [...keys.slice(racer * 500), ...keys.slice(0, racer * 500)]);
    const startAt = Date.now() + 300;
    const won = await Promise.all(
      racers.map(async (racer, index) => {
        const mine: string[] = [];
        // A few at a time, as requests come: one transaction for all would be no race.
        for (let from = 0; from < keys.length; from += 50) {
          mine.push(...((await racer.call('race', orders[index]?.slice(from, from + 50), startAt)) as string[]));
        }
        return mine;
      }),
    );
    expect(won.flat().toSorted()).toEqual(keys.toSorted());
    for (const mine of won) expect(mine.length).toBeGreaterThan(0);
    const cache = fileCache({ path });
    onTestFinished(() => cache.close?.());
    const stored = await cache.read(won.map((mine) => mine[0] ?? ''), { strong: true });
    expect(stored.map((entry) => entry?.value)).toEqual(racers.map(({ pid }) => `of ${pid}`));
  });

  it('keep every acknowledged write when one is killed in the middle of writing, twenty times', async () => {
    const path = temporaryFolder();
    // One that stays, so that the file is never opened afresh by a lone process.
    const survivor = fileCache({ path });
    onTestFinished(() => survivor.close?.());
    const keys: string[] = [];
    for (let round = 0; round < 20; round += 1) {
      const writer = await start(path);
      writer.call('writeUntilKilled', `kill:{r${round}}`).catch(() => undefined);
      while (writer.acknowledged.length < 20) await new Promise((resolve) => setTimeout(resolve, 5));
      await new Promise((resolve) => setTimeout(resolve, round * 2));
      await writer.kill();
      const before = keys.length;
      keys.push(...writer.acknowledged);
      expect(keys.length - before).toBeGreaterThanOrEqual(20);
      // The lock of the dead does not stay.
      expect(await survivor.swap(`after:{${round}}`, null, { value: 'alive', ttlMs: null })).toMatchObject({ ok: true });
      const entries = await survivor.read(keys, { strong: true });
      expect(entries.map((entry) => entry?.value)).toEqual(keys.map((key) => `value of ${key}`));
    }
  });

  it('keep every acknowledged write when the only one is killed and started again', async () => {
    const path = temporaryFolder();
    const writer = await start(path);
    writer.call('writeUntilKilled', 'kill:{only}').catch(() => undefined);
    while (writer.acknowledged.length < 50) await new Promise((resolve) => setTimeout(resolve, 5));
    await writer.kill();
    const cache = fileCache({ path });
    onTestFinished(() => cache.close?.());
    const entries = await cache.read(writer.acknowledged);
    expect(entries.map((entry) => entry?.value)).toEqual(writer.acknowledged.map((key) => `value of ${key}`));
  });

  it('end by themselves while a cache is open', () => {
    const script = `
      const { createRequire } = require('node:module');
      const { open } = createRequire(${JSON.stringify(import.meta.filename)})('lmdb');
      const root = open({ path: ${JSON.stringify(temporaryFolder())}, noSubdir: false });
      root.transaction(() => root.put('a', 'b'));
    `;
    expect(() => execFileSync(process.execPath, ['-e', script], { timeout: 10_000 })).not.toThrow();
  });
});
