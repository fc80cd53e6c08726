import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileCache } from '@pass-dcr/file-cache';
import { describe, expect, it, onTestFinished } from 'vitest';
import { mapSizeFor } from '../src/mapSize.js';
import { temporaryFolder } from './support/temporaryFolder.js';

const pageBytes = 4096;
const gibibyte = 1024 ** 3;

async function filledFolder(): Promise<{ readonly path: string; readonly file: string }> {
  const path = temporaryFolder();
  const cache = fileCache({ path });
  await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      cache.swap(`k:{${index}}:c`, null, { value: 'x'.repeat(1000), ttlMs: null }),
    ),
  );
  await cache.close?.();
  return { path, file: join(path, 'data.mdb') };
}

describe('a data file that is cut', () => {
  it.each([
    ['to half', (bytes: number) => bytes / 2],
    ['by some pages', (bytes: number) => bytes - 12 * pageBytes],
    ['to its two first pages', () => 2 * pageBytes],
    ['within its second page', () => pageBytes + 50],
    ['within its first page', () => 500],
  ])('%s is refused before it is opened, and left as it was', async (_how, lengthOf) => {
    const { path, file } = await filledFolder();
    truncateSync(file, Math.floor(lengthOf(statSync(file).size)));
    const content = readFileSync(file);
    expect(() => fileCache({ path })).toThrow(
      expect.objectContaining({
        code: 'cache_unavailable',
        message: expect.stringMatching(
          /has \d+ bytes and should have \d+ .*put a whole backup in its place/,
        ) as string,
      }),
    );
    expect(readFileSync(file).equals(content)).toBe(true);
  });

  it('is no other than a whole one with more behind it', async () => {
    const { path, file } = await filledFolder();
    writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.alloc(3 * pageBytes)]));
    const cache = fileCache({ path });
    onTestFinished(() => cache.close?.());
    expect(await cache.read(['k:{99}:c'])).not.toEqual([null]);
  });
});

describe('a data file with a damaged page', () => {
  it('is refused by the number of the page where that is in use, and has all its records where it is not', async () => {
    const { path, file } = await filledFolder();
    const whole = readFileSync(file);
    const keys = Array.from({ length: 100 }, (_, index) => `k:{${index}}:c`);
    const damages: readonly ((page: Buffer) => void)[] = [
      (page) => page.fill(0),
      (page) => page.fill(0xff),
      // Half of it is of another time, as after a write that was torn.
      (page) => page.fill(0, 0, 512),
    ];
    let refused = 0;
    for (let page = 2; page < whole.length / pageBytes; page += 1) {
      const damaged = Buffer.from(whole);
      damages[page % damages.length]?.(damaged.subarray(page * pageBytes, (page + 1) * pageBytes));
      writeFileSync(file, damaged);
      try {
        const cache = fileCache({ path });
        expect(await cache.read(keys)).not.toContain(null);
        await cache.close?.();
      } catch (error) {
        expect(error).toMatchObject({
          code: 'cache_unavailable',
          message: expect.stringMatching(
            `is damaged \\(page ${page}\\): put a backup in its place`,
          ) as string,
        });
        refused += 1;
      }
    }
    // Fewer than four records fit into a page.
    expect(refused).toBeGreaterThan(25);
  });
});

describe('the size of the map', () => {
  it.each([
    ['64 GiB where nothing limits it', 0, Infinity, 64 * gibibyte],
    ['twice the file where that is more', 40 * gibibyte, Infinity, 80 * gibibyte],
    ['half of what is left', gibibyte, 10 * gibibyte, 5 * gibibyte],
    ['64 GiB where much is left', gibibyte, 500 * gibibyte, 64 * gibibyte],
  ])('is %s', (_size, dataBytes, freeBytes, expected) => {
    expect(mapSizeFor(dataBytes, freeBytes)).toBe(expected);
  });

  it.each([
    [0, 0],
    [0, 100 * 1024 ** 2],
    [4 * gibibyte, 10 * gibibyte],
  ])('is refused where a file of %d bytes cannot grow in %d bytes', (dataBytes, freeBytes) => {
    expect(() => mapSizeFor(dataBytes, freeBytes)).toThrow('(ulimit -v)');
  });
});

describe.skipIf(process.platform !== 'linux')(
  'a process whose address space is limited',
  { timeout: 30_000 },
  () => {
    const underLimit = (kibibytes: number, path: string): ReturnType<typeof spawnSync> => {
      const script = fileURLToPath(new URL('support/storeOne.mjs', import.meta.url));
      return spawnSync(
        'sh',
        ['-c', `ulimit -v ${kibibytes} && exec "$0" "$@"`, process.execPath, script, path],
        {
          encoding: 'utf8',
        },
      );
    };

    it('stores what it is given', async () => {
      const { path } = await filledFolder();
      expect(underLimit(32 * 1024 ** 2, path)).toMatchObject({ status: 0, stdout: 'stored\n' });
      const cache = fileCache({ path });
      onTestFinished(() => cache.close?.());
      expect(await cache.read(['k:{limited}:c'])).toMatchObject([{ value: 'credentials' }]);
    });
  },
);
