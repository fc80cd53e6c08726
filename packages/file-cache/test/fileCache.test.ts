import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { PassCache } from '@pass-dcr/core';
import { fileCache } from '@pass-dcr/file-cache';
import { open } from 'lmdb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fileSystemFindings } from '../src/folderFindings.js';
import { within } from '../src/within.js';
import { temporaryFolder } from './support/temporaryFolder.js';

const key = 'k:{t}:c';

function openCache(path: string): PassCache {
  const cache = fileCache({ path });
  onTestFinished(() => cache.close?.());
  return cache;
}

function blockFor(blockedMs: number): void {
  const until = Date.now() + blockedMs;
  while (Date.now() < until);
}

async function change(path: string, database: string, at: string, value: string): Promise<void> {
  const root = open<Buffer, string>({ path, noSubdir: false, encoding: 'binary' });
  await root.openDB<Buffer, string>(database, { encoding: 'binary' }).put(at, Buffer.from(value));
  await root.close();
}

describe('fileCache', () => {
  it('remembers what was stored before it was closed, with its version', async () => {
    const path = temporaryFolder();
    const first = openCache(path);
    const stored = await first.swap(key, null, { value: 'credentials', ttlMs: null });
    await first.close?.();
    expect(await openCache(path).read([key])).toEqual([
      { value: 'credentials', version: stored.ok ? stored.version : '' },
    ]);
  });

  it('opened twice in one process is one store, and closing one leaves the other', async () => {
    const path = temporaryFolder();
    const alias = join(temporaryFolder(), 'alias');
    symlinkSync(path, alias);
    const [one, other] = [openCache(path), openCache(alias)];
    await one.swap(key, null, { value: 'value', ttlMs: null });
    await one.close?.();
    await one.close?.();
    expect(await other.read([key])).toMatchObject([{ value: 'value' }]);
    expect(await other.swap('k:{t}:t', null, { value: 'token', ttlMs: 1000 })).toMatchObject({ ok: true });
    await expect(one.read([key])).rejects.toMatchObject({ code: 'cache_unavailable' });
  });

  it('can be opened again at once, while the one before is closing with writes under way', async () => {
    const path = temporaryFolder();
    const alias = join(temporaryFolder(), 'alias');
    symlinkSync(path, alias);
    for (let round = 0; round < 10; round += 1) {
      const leaving = openCache(path);
      const write = leaving.swap(`${key}${round}`, null, { value: 'value', ttlMs: null });
      // Half of the rounds until lmdb holds the lock of its own accord and waits for this thread.
      if (round % 2 === 1) {
        await new Promise((resolve) => setImmediate(resolve));
        blockFor(20);
      }
      const closing = leaving.close?.();
      const next = openCache(alias);
      expect(await next.swap(`next${round}`, null, { value: 'value', ttlMs: null })).toMatchObject({
        ok: true,
      });
      expect(await write).toMatchObject({ ok: true });
      await closing;
      expect(await next.read([`${key}${round}`, `next${round}`], { strong: true })).toMatchObject([
        { value: 'value' },
        { value: 'value' },
      ]);
      await next.close?.();
    }
  });

  it('makes its folder and its files for this user alone', () => {
    const path = join(temporaryFolder(), 'pass');
    openCache(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    const modes = readdirSync(path).map((file) => statSync(join(path, file)).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600]);
  });

  it('takes a folder with a dot in its name for a folder', () => {
    const path = join(temporaryFolder(), 'cache.d');
    openCache(path);
    expect(readdirSync(path).toSorted()).toEqual(['data.mdb', 'lock.mdb']);
  });

  it('removes expired entries of devices that never come back', async () => {
    const path = temporaryFolder();
    const cache = openCache(path);
    const store = (from: number, to: number, ttlMs: number | null): Promise<unknown> =>
      Promise.all(
        Array.from({ length: to - from }, (_, index) =>
          cache.swap(
            `gone:{${from + index}}:t`,
            null,
            { value: 'x'.repeat(500), ttlMs },
            { timeoutMs: 20_000 },
          ),
        ),
      );
    await store(0, 2000, 1);
    await store(2000, 2001, null);
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (let batch = 0; batch < 20; batch += 1) await store(3000 + batch * 100, 3100 + batch * 100, 1);
    await cache.close?.();
    const root = open<Buffer, string>({ path, noSubdir: false, encoding: 'binary' });
    const entries = root.openDB<Buffer, string>('entries', { encoding: 'binary' });
    const left = [...entries.getKeys()];
    await root.close();
    expect(left.length).toBeLessThan(1000);
    expect(left).toContain('gone:{2000}:t');
  });

  it('does not call an entry absent that it cannot understand', async () => {
    const path = temporaryFolder();
    await openCache(path).close?.();
    await change(path, 'entries', key, 'what no version wrote');
    const cache = openCache(path);
    await expect(cache.read([key])).rejects.toMatchObject({ code: 'cache_unavailable' });
    await expect(cache.swap(key, null, { value: 'value', ttlMs: null })).rejects.toMatchObject({
      code: 'cache_unavailable',
    });
  });

  it('rejects a write that takes longer than its timeout', async () => {
    await expect(within(20, new Promise(() => undefined))).rejects.toThrow('no answer within 20 ms');
    const cache = openCache(temporaryFolder());
    const swap = cache.swap(key, null, { value: 'value', ttlMs: null }, { timeoutMs: 1 });
    blockFor(30);
    await expect(swap).rejects.toMatchObject({ code: 'cache_unavailable' });
  });
});

it.each([
  [
    'an option that it does not have',
    { path: '/', mapSizeBytez: 1 },
    'mapSizeBytez is not an option; there are path',
  ],
  ['a misspelt option', { Path: '/' }, 'Path is not an option; did you mean path?'],
  ['no options', undefined, 'the options must be an object with path, received undefined'],
])('refuses %s', (_name, options, message) => {
  expect(() => fileCache(options as never)).toThrow(
    expect.objectContaining({ code: 'option_invalid', message: `fileCache: ${message}` }),
  );
});

describe('a path that cannot be used', () => {
  const refused = (path: string): unknown => {
    try {
      return fileCache({ path });
    } catch (error) {
      return error;
    }
  };

  it.each([undefined, '', 7, null])('is refused when it is no name: %j', (path) => {
    expect(refused(path as string)).toMatchObject({
      code: 'option_invalid',
      message: expect.stringContaining('path must be the name of a folder') as string,
    });
  });

  it('is refused when it lies where nothing is: a volume may not be mounted', () => {
    const path = join(temporaryFolder(), 'not-mounted', 'pass');
    expect(refused(path)).toMatchObject({
      code: 'option_invalid',
      message: expect.stringMatching(/not-mounted, which does not exist.*mount the volume/) as string,
    });
  });

  it('is refused when it is a file, which is left as it was', () => {
    const path = join(temporaryFolder(), 'file');
    writeFileSync(path, 'precious');
    expect(refused(path)).toMatchObject({
      code: 'option_invalid',
      message: expect.stringContaining('received the file') as string,
    });
    expect(readFileSync(path, 'utf8')).toBe('precious');
  });

  it('is refused when its parent is a file', () => {
    const parent = join(temporaryFolder(), 'file');
    writeFileSync(parent, 'precious');
    expect(refused(join(parent, 'pass'))).toMatchObject({ code: 'option_invalid' });
  });

  it.skipIf(process.getuid?.() === 0)('is refused when it may not be written to', () => {
    const path = temporaryFolder();
    chmodSync(path, 0o500);
    expect(refused(path)).toMatchObject({
      code: 'option_invalid',
      message: expect.stringContaining('EACCES') as string,
    });
  });

  it('is refused when it may not be made', () => {
    expect(refused('/proc/pass-dcr')).toMatchObject({
      code: 'option_invalid',
      message: expect.stringContaining('cannot be created') as string,
    });
  });

  it('is reported when the data file in it is none', () => {
    const path = temporaryFolder();
    mkdirSync(join(path, 'data.mdb'));
    expect(refused(path)).toMatchObject({
      code: 'cache_unavailable',
      message: expect.stringContaining(path) as string,
    });
  });

  it.each([1, 5, 1000])(
    'is refused when another program wrote the file, which is left as it was (%d)',
    (times) => {
      const path = temporaryFolder();
      const content = 'not a database'.repeat(times);
      writeFileSync(join(path, 'data.mdb'), content);
      expect(refused(path)).toMatchObject({ code: 'cache_format_unsupported' });
      expect(readFileSync(join(path, 'data.mdb'), 'utf8')).toBe(content);
    },
  );

  it('is refused when another version of LMDB wrote it, and nothing is lost', async () => {
    const path = temporaryFolder();
    await openCache(path).close?.();
    const file = join(path, 'data.mdb');
    const content = readFileSync(file);
    content.writeUInt32LE(3, content.indexOf(Buffer.from('dec0efbe', 'hex')) + 4);
    writeFileSync(file, content);
    expect(refused(path)).toMatchObject({ code: 'cache_format_unsupported' });
    expect(readFileSync(file)).toEqual(content);
  });

  it('is refused when a newer version wrote it, and nothing is lost', async () => {
    const path = temporaryFolder();
    const cache = openCache(path);
    await cache.swap(key, null, { value: 'credentials', ttlMs: null });
    await cache.close?.();
    await change(path, 'about', 'format', '2');
    expect(refused(path)).toMatchObject({ code: 'cache_format_unsupported' });
    expect(refused(path)).toMatchObject({ code: 'cache_format_unsupported' });
    await change(path, 'about', 'format', '1');
    expect(await openCache(path).read([key])).toMatchObject([{ value: 'credentials' }]);
  });
});

describe('check', () => {
  it('finds nothing wrong with a folder of this user on a local disk', async () => {
    const findings = (await openCache(temporaryFolder()).check?.()) ?? [];
    expect(
      findings.filter(
        ({ code }) => !['file_cache_not_durable', 'file_cache_disk_nearly_full'].includes(code),
      ),
    ).toEqual([]);
  });

  it('finds a folder that others may write to', async () => {
    const path = temporaryFolder();
    chmodSync(path, 0o777);
    expect(await openCache(path).check?.()).toContainEqual(
      expect.objectContaining({ level: 'info', code: 'file_cache_folder_open' }),
    );
  });

  it('finds that the cache is closed, and does not throw', async () => {
    const cache = openCache(temporaryFolder());
    await cache.close?.();
    expect(await cache.check?.()).toMatchObject([{ level: 'error', code: 'file_cache_unusable' }]);
  });

  it.each([
    [0x6969, 'error', 'file_cache_on_network', 'NFS'],
    [0xff534d42 | 0, 'error', 'file_cache_on_network', 'CIFS'],
    [0x65735546, 'error', 'file_cache_on_network', 'FUSE'],
    [0x01021994, 'warning', 'file_cache_not_durable', 'tmpfs'],
    [0x794c7630, 'warning', 'file_cache_not_durable', 'overlayfs'],
  ])('finds what kind of file system it is: %d', (type, level, code, name) => {
    expect(fileSystemFindings('/data', type, 'linux')).toMatchObject([
      { level, code, message: expect.stringContaining(name) as string },
    ]);
  });

  it('finds nothing wrong with ext4, XFS, Btrfs or ZFS', () => {
    for (const type of [0xef53, 0x58465342, 0x9123683e, 0x2fc12fc1])
      expect(fileSystemFindings('/data', type, 'linux')).toEqual([]);
  });

  it('finds a network share of Windows, and nothing by number elsewhere', () => {
    expect(fileSystemFindings('\\\\server\\share', 0, 'win32')).toMatchObject([
      { code: 'file_cache_on_network' },
    ]);
    expect(fileSystemFindings('/data', 0x6969, 'darwin')).toEqual([]);
  });
});
