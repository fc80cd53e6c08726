import { fileCache } from '@pass-dcr/file-cache';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Opener } from './support/Opener.js';
import { temporaryFolder } from './support/temporaryFolder.js';
import type { PassCache } from '@pass-dcr/core';

const lasting = (value: string): { value: string; ttlMs: null } => ({ value, ttlMs: null });

async function cacheWith(value: string): Promise<{ cache: PassCache; path: string; version: string }> {
  const path = temporaryFolder();
  const cache = fileCache({ path });
  onTestFinished(() => cache.close?.());
  return { cache, path, version: await store(cache, null, value) };
}

async function store(cache: PassCache, expected: string | null, value: string): Promise<string> {
  const stored = await cache.swap('k:{d}:c', expected, lasting(value));
  if (!stored.ok || stored.version === null) throw new Error('a swap of the only writer must succeed');
  return stored.version;
}

describe('a process that opens the folder while another writes', () => {
  it.each([1, 2, 7])('takes none of the %d writes away that were acknowledged meanwhile', async (writes) => {
    const { cache, path, version: first } = await cacheWith('before');
    const opener = await Opener.start(path);
    let version = first;
    for (let write = 1; write <= writes; write += 1) version = await store(cache, version, `write ${write}`);
    await opener.share();
    await cache.swap('k:{other}:c', null, lasting('the next'));
    expect(await cache.read(['k:{d}:c'], { strong: true })).toEqual([{ value: `write ${writes}`, version }]);
    await cache.close?.();
    const reopened = fileCache({ path });
    onTestFinished(() => reopened.close?.());
    expect(await reopened.read(['k:{d}:c', 'k:{other}:c'])).toMatchObject([
      { version },
      { value: 'the next' },
    ]);
  });

  it('leaves a strong read as strong as it was', async () => {
    const { cache, path, version } = await cacheWith('before');
    const opener = await Opener.start(path);
    await store(cache, version, 'meanwhile');
    await opener.share();
    expect(await cache.read(['k:{d}:c'], { strong: true })).toMatchObject([{ value: 'meanwhile' }]);
  });

  it('does not bring an older version to life, for a swap that expects it', async () => {
    const { cache, path, version } = await cacheWith('before');
    const opener = await Opener.start(path);
    await store(cache, version, 'meanwhile');
    await opener.share();
    expect(await cache.swap('k:{d}:c', version, lasting('of a process that saw less'))).toMatchObject({
      ok: false,
      current: { value: 'meanwhile' },
    });
  });

  it('is stopped by no number of others that open it too, and stops none that writes', async () => {
    const { cache, path, version: first } = await cacheWith('0');
    await Promise.all([Opener.start(path, 3), Opener.start(path, 3)]);
    let version = first;
    for (let count = 1; count <= 200; count += 1) version = await store(cache, version, String(count));
    for (let opened = 0; opened < 5; opened += 1) {
      const newcomer = fileCache({ path });
      expect(await newcomer.read(['k:{d}:c'], { strong: true })).toMatchObject([{ value: '200' }]);
      await newcomer.close?.();
    }
  });
});
