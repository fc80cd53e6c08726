import { copyFileSync, mkdirSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { PassCache } from '@pass-dcr/core';
import { fileCache } from '@pass-dcr/file-cache';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CacheProcess } from './support/CacheProcess.js';
import { temporaryFolder } from './support/temporaryFolder.js';

const lasting = { value: 'credentials', ttlMs: null };
const token = { value: 'token', ttlMs: 60_000 };

function openCache(path: string): PassCache {
  const cache = fileCache({ path });
  onTestFinished(() => cache.close?.());
  return cache;
}

async function start(path: string): Promise<CacheProcess> {
  const started = await CacheProcess.start(path);
  onTestFinished(() => started.kill());
  return started;
}

async function writesNothing(cache: PassCache, why: RegExp): Promise<void> {
  for (const write of [lasting, token])
    await expect(cache.swap('k:{new}:c', null, write)).rejects.toMatchObject({
      code: 'cache_unavailable',
      message: expect.stringMatching(why) as string,
    });
  expect(await cache.check?.()).toContainEqual({
    level: 'error',
    code: 'file_cache_replaced',
    message: expect.stringMatching(
      /put the right file back, then restart every process that uses it\.$/,
    ) as string,
  });
}

describe('a process whose data file', () => {
  it('was removed acknowledges nothing that would be gone with it, and reads what it has', async () => {
    const path = temporaryFolder();
    const cache = openCache(path);
    await cache.swap('k:{old}:c', null, lasting);
    rmSync(path, { recursive: true });
    mkdirSync(path);
    await writesNothing(cache, /removed or replaced/);
    expect(await cache.read(['k:{old}:c'])).toMatchObject([{ value: 'credentials' }]);
  });

  it('was replaced by that of another process acknowledges nothing, while the other serves', async () => {
    const path = temporaryFolder();
    const cache = openCache(path);
    await cache.swap('k:{old}:c', null, lasting);
    renameSync(path, `${path}-moved`);
    onTestFinished(() => rmSync(`${path}-moved`, { recursive: true }));
    mkdirSync(path);
    const other = await start(path);
    expect(await other.call('swap', 'k:{new}:c', null, lasting)).toMatchObject({ ok: true });
    await writesNothing(cache, /removed or replaced/);
  });

  it('comes back goes on', async () => {
    const path = temporaryFolder();
    const cache = openCache(path);
    await cache.swap('k:{old}:c', null, lasting);
    renameSync(join(path, 'data.mdb'), join(path, 'moved'));
    await writesNothing(cache, /removed or replaced/);
    renameSync(join(path, 'moved'), join(path, 'data.mdb'));
    expect(await cache.swap('k:{new}:c', null, lasting)).toMatchObject({ ok: true });
    expect(await cache.check?.()).not.toContainEqual(
      expect.objectContaining({ code: 'file_cache_replaced' }),
    );
  });

  it('was overwritten with a backup, in place, acknowledges nothing, also after another opened it', async () => {
    const path = temporaryFolder();
    const backup = join(temporaryFolder(), 'data.mdb');
    const first = openCache(path);
    await first.swap('k:{old}:c', null, lasting);
    await first.close?.();
    copyFileSync(join(path, 'data.mdb'), backup);
    const cache = openCache(path);
    for (const device of ['a', 'b', 'c']) await cache.swap(`k:{${device}}:c`, null, lasting);
    copyFileSync(backup, join(path, 'data.mdb'));
    await writesNothing(cache, /overwritten with an older one|overwritten with a shorter one/);
    const other = await start(path);
    expect(await other.call('swap', 'k:{other}:c', null, lasting)).toMatchObject({ ok: true });
    await writesNothing(cache, /overwritten with an older one|overwritten with a shorter one/);
  });

  it('is cut reads nothing beyond its end, and writes nothing, instead of ending with a signal', async () => {
    const path = temporaryFolder();
    const process = await start(path);
    const keys = Array.from({ length: 200 }, (_, index) => `k:{${index}}:c`);
    for (const key of keys) await process.call('swap', key, null, { value: 'x'.repeat(900), ttlMs: null });
    await process.call('read', keys);
    truncateSync(join(path, 'data.mdb'), 3 * 4096);
    for (const strong of [false, true])
      await expect(process.call('read', keys, { strong })).rejects.toThrow(/was cut/);
    await expect(process.call('swap', 'k:{new}:c', null, lasting)).rejects.toThrow(/was cut/);
    expect(await process.call('check')).toContainEqual(
      expect.objectContaining({ level: 'error', code: 'file_cache_replaced' }),
    );
  });
});
