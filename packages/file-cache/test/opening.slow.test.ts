import { fileCache } from '@pass-dcr/file-cache';
import { expect, it, onTestFinished } from 'vitest';
import { CacheProcess } from './support/CacheProcess.js';
import { Opener } from './support/Opener.js';
import { temporaryFolder } from './support/temporaryFolder.js';

const key = 'k:{count}:c';
const countedByEach = 300;

/** Starts one process after the other on the folder, and kills each later in its start, until it is told to end. */
function startAndKill(path: string): () => Promise<number> {
  const ended = new AbortController();
  const starts = (async () => {
    let started = 0;
    for (; !ended.signal.aborted; started += 1)
      await CacheProcess.startAndKill(path, 40 + ((started * 7) % 160));
    return started;
  })();
  return async () => {
    ended.abort();
    return await starts;
  };
}

it(
  'four processes that count lose nothing while others open the folder at every instant and are killed at that',
  { timeout: 600_000 },
  async () => {
    const path = temporaryFolder();
    const counters = await Promise.all(Array.from({ length: 4 }, () => CacheProcess.start(path)));
    onTestFinished(async () => void (await Promise.all(counters.map((counter) => counter.kill()))));
    await Promise.all([Opener.start(path, 5), Opener.start(path, 20)]);
    const endStarts = startAndKill(path);
    await Promise.all(counters.map((counter) => counter.call('count', key, countedByEach)));
    expect(await endStarts()).toBeGreaterThan(2);
    const cache = fileCache({ path });
    onTestFinished(() => cache.close?.());
    expect(await cache.read([key], { strong: true })).toMatchObject([{ value: String(4 * countedByEach) }]);
  },
);
