import { fileCache } from '@pass-dcr/file-cache';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { CacheProcess } from './support/CacheProcess.js';
import { temporaryFolder } from './support/temporaryFolder.js';

async function start(path: string): Promise<CacheProcess> {
  const started = await CacheProcess.start(path);
  onTestFinished(() => started.kill());
  return started;
}

/** Of four processes, each killed in turn. */
const rounds = inject('everything') ? 5 : 1;

const pause = (forMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, forMs));

describe('processes of one host', { timeout: 240_000 }, () => {
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
          mine.push(
            ...((await racer.call('race', orders[index]?.slice(from, from + 50), startAt)) as string[]),
          );
        }
        return mine;
      }),
    );
    expect(won.flat().toSorted()).toEqual(keys.toSorted());
    for (const mine of won) expect(mine.length).toBeGreaterThan(0);
    const cache = fileCache({ path });
    onTestFinished(() => cache.close?.());
    const stored = await cache.read(
      won.map((mine) => mine[0] ?? ''),
      { strong: true },
    );
    expect(stored.map((entry) => entry?.value)).toEqual(racers.map(({ pid }) => `of ${pid}`));
  });

  it('keep every acknowledged write when one after another is killed in the middle of writing', async () => {
    const path = temporaryFolder();
    const survivor = fileCache({ path });
    onTestFinished(() => survivor.close?.());
    const keys: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const writers = await Promise.all([start(path), start(path), start(path), start(path)]);
      for (const writer of writers)
        writer.call('writeUntilKilled', `kill:{${writer.pid}}`).catch(() => undefined);
      for (const writer of writers) {
        while (writer.acknowledged.length < 20) await pause(5);
        await pause(round * 3);
        await writer.kill();
        keys.push(...writer.acknowledged);
        // The lock of the dead does not stay.
        expect(
          await survivor.swap(`after:{${writer.pid}}`, null, { value: 'alive', ttlMs: null }),
        ).toMatchObject({ ok: true });
      }
      const entries = await survivor.read(keys, { strong: true });
      expect(entries.map((entry) => entry?.value)).toEqual(keys.map((key) => `value of ${key}`));
    }
    expect(keys.length).toBeGreaterThanOrEqual(80 * rounds);
  });

  it('keep every acknowledged write when the only one is killed and started again', async () => {
    const path = temporaryFolder();
    const writer = await start(path);
    writer.call('writeUntilKilled', 'kill:{only}').catch(() => undefined);
    while (writer.acknowledged.length < 50) await pause(5);
    await writer.kill();
    const cache = fileCache({ path });
    onTestFinished(() => cache.close?.());
    const entries = await cache.read(writer.acknowledged);
    expect(entries.map((entry) => entry?.value)).toEqual(writer.acknowledged.map((key) => `value of ${key}`));
  });
});
