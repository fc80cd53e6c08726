import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { reasonOf } from '../src/reasonOf.js';
import { CacheProcess } from './support/CacheProcess.js';
import { temporaryFolder } from './support/temporaryFolder.js';

const lasting = { value: 'x'.repeat(4000), ttlMs: null };

async function start(path: string): Promise<CacheProcess> {
  const started = await CacheProcess.start(path);
  onTestFinished(() => started.kill());
  return started;
}

/** Stores until it fails, and returns the keys that were acknowledged. */
async function fill(process: CacheProcess): Promise<readonly string[]> {
  const keys: string[] = [];
  for (;;) {
    const key = `k:{${keys.length}}:c`;
    try {
      await process.call('swap', key, null, lasting);
    } catch {
      return keys;
    }
    keys.push(key);
  }
}

/** EIO is what LMDB says where a part of a write went through. */
async function failsInEachWay(process: CacheProcess, name: RegExp): Promise<void> {
  const message = expect.stringMatching(name) as string;
  await expect(process.call('swap', 'one', null, lasting)).rejects.toThrow(name);
  const many = Array.from({ length: 64 }, (_, index) => process.call('swap', `many${index}`, null, lasting));
  for (const { status } of await Promise.allSettled(many)) expect(status).toBe('rejected');
  expect(await process.call('check')).toContainEqual({
    level: 'error',
    code: 'file_cache_write_failed',
    message,
  });
}

async function holds(process: CacheProcess, keys: readonly string[]): Promise<void> {
  const found = (await process.call('read', keys, { strong: true })) as readonly unknown[];
  expect(found.filter((entry) => entry === null)).toEqual([]);
}

const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0;

describe.skipIf(!hasPrlimit)('a process that may not write any more', { timeout: 60_000 }, () => {
  const limit = ({ pid }: CacheProcess, bytes: number | 'unlimited'): void => {
    execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);
  };

  it('lives, names the reason, has all that was acknowledged, and goes on once it may', async () => {
    const path = temporaryFolder();
    const cache = await start(path);
    limit(cache, 400_000);
    const keys = await fill(cache);
    expect(keys.length).toBeGreaterThan(10);
    await failsInEachWay(cache, /E(FBIG|IO),/);
    await holds(cache, keys);
    limit(cache, 'unlimited');
    expect(await cache.call('swap', 'after', null, lasting)).toMatchObject({ ok: true });
    expect(await cache.call('check')).not.toContainEqual(
      expect.objectContaining({ code: 'file_cache_write_failed' }),
    );
    await holds(cache, [...keys, 'after']);
  });
});

const mayMount = process.platform === 'linux' && process.getuid?.() === 0;

describe.skipIf(!mayMount)('a full disk', { timeout: 60_000 }, () => {
  it('ends no process, nor one that starts on it, and takes nothing away', async () => {
    const path = temporaryFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path]);
    onTestFinished(() => void execFileSync('umount', ['-l', path]));
    const cache = await start(path);
    const keys = await fill(cache);
    await failsInEachWay(cache, /E(NOSPC|IO),/);
    const newcomer = await start(path);
    await holds(newcomer, keys);
    await failsInEachWay(newcomer, /E(NOSPC|IO),/);
    execFileSync('mount', ['-o', 'remount,size=8m', path]);
    for (const [process, key] of [
      [cache, 'after'],
      [newcomer, 'later'],
    ] as const)
      expect(await process.call('swap', key, null, lasting)).toMatchObject({ ok: true });
    await holds(cache, [...keys, 'after', 'later']);
  });
});

describe('the reason of a failure', () => {
  it.each([
    [
      { code: 28, message: 'No space left on device: Attempting to write page' },
      'ENOSPC, the disk is full: make room on it',
    ],
    [
      { code: 'EROFS', message: "EROFS: read-only file system, open '/data'" },
      /^EROFS, the volume is mounted/,
    ],
    [{ code: -30795, message: 'MDB_PANIC: Update of meta page failed' }, /the file is opened anew$/],
    [new Error('no answer within 5 ms'), 'no answer within 5 ms'],
    ['text', 'string'],
    [null, 'object'],
  ])('is told by name, with what to do: %j', (cause, reason) => {
    expect(reasonOf(cause)).toEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason));
  });
});
