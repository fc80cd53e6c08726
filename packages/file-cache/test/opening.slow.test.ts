import { fileCache } from '@pass-dcr/file-cache';
import { expect, it, onTestFinished } from 'vitest';
import { CacheProcess } from './support/CacheProcess.js';
import { temporaryFolder } from './support/temporaryFolder.js';

const writers = 4;
const swapsEach = 300;
const rounds = 4;

it('processes that start while others write take nothing away', { timeout: 240_000 }, async () => {
  let opened = 0;
  for (let round = 0; round < rounds; round += 1) {
    const path = temporaryFolder();
    const counting = await Promise.all(
      Array.from({ length: writers }, async () => {
        const writer = await CacheProcess.start(path);
        onTestFinished(() => writer.kill());
        return writer;
      }),
    );
    let isCounting = true;
    const starting = (async () => {
      while (isCounting) {
        const newcomer = await CacheProcess.start(path);
        opened += 1;
        await newcomer.kill();
      }
    })();
    await Promise.all(counting.map(async (writer) => await writer.call('countUp', 'c:{c}:c', swapsEach)));
    isCounting = false;
    await starting;
    const cache = fileCache({ path });
    const [counter] = await cache.read(['c:{c}:c'], { strong: true });
    await cache.close?.();
    expect(counter?.value).toBe(String(writers * swapsEach));
    await Promise.all(counting.map(async (writer) => await writer.kill()));
  }
  expect(opened).toBeGreaterThan(rounds);
});
