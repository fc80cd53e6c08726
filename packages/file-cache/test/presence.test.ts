import { spawnSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { fileCache } from '@pass-dcr/file-cache';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { placeOfThisProcess } from '../src/place.js';
import { Presence } from '../src/Presence.js';
import { temporaryFolder } from './support/temporaryFolder.js';

/** It looks when it is told to. */
const timing = { everyMs: 600_000, youngMs: 5_000, watchMs: 100, removedAfterMs: 3_600_000 };
const here = placeOfThisProcess();
const container = (namespace: string) => ({ ...here, namespace, hostName: 'a-container' });

function presenceIn(path: string, place = here): Presence {
  const presence = new Presence(path, timing, place);
  onTestFinished(() => presence.end());
  return presence;
}

async function codes(presence: Presence): Promise<readonly string[]> {
  return (await presence.findings()).map(({ level, code }) => `${level} ${code}`);
}

describe('who uses a folder', () => {
  it('is watched at first, an error as soon as a container renews its file, and none once it has ended', async () => {
    const path = temporaryFolder();
    const other = presenceIn(path, container('pid:[1]'));
    await other.look();
    const own = presenceIn(path, container('pid:[2]'));
    expect(await codes(own)).toEqual(['info file_cache_watched']);
    await setTimeout(5);
    await other.look();
    expect(await codes(own)).toEqual(['error file_cache_in_two_places']);
    expect(await codes(other)).toEqual(['error file_cache_in_two_places']);
    const [finding] = await own.findings();
    expect(finding?.message).toContain('(a-container)');
    await other.end();
    expect(await codes(own)).toEqual([]);
  });

  it('is no finding after a restart, whether it was in good order or by SIGKILL', async () => {
    const path = temporaryFolder();
    const killed = presenceIn(path, container('pid:[1]'));
    await killed.look();
    const [left = ''] = readdirSync(join(path, 'presence'));
    await killed.end();
    const own = presenceIn(path, container('pid:[2]'));
    expect(await codes(own)).toEqual([]);
    // As a process leaves it that had no time to remove it.
    writeFileSync(join(path, 'presence', left), JSON.stringify(container('pid:[1]')));
    const next = presenceIn(path, container('pid:[3]'));
    expect((await next.findings()).filter(({ level }) => level === 'error')).toEqual([]);
    await setTimeout(timing.watchMs * 2);
    expect(await codes(next)).not.toContain('info file_cache_watched');
  });

  it('is no finding among processes of one namespace', async () => {
    const path = temporaryFolder();
    const [one, other] = [presenceIn(path), presenceIn(path)];
    await Promise.all([one.look(), other.look()]);
    expect([await codes(one), await codes(other)]).toEqual([[], []]);
  });

  it('does not make a folder anew that was removed', async () => {
    const path = temporaryFolder();
    const presence = presenceIn(path);
    await presence.look();
    rmSync(path, { recursive: true });
    await presence.look();
    expect(existsSync(path)).toBe(false);
  });

  it('leaves nothing behind when it is closed', async () => {
    const path = temporaryFolder();
    const cache = fileCache({ path });
    await cache.check?.();
    await cache.close?.();
    expect(readdirSync(join(path, 'presence'))).toEqual([]);
  });
});

const canUnshare = spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0;

describe.skipIf(!inject('everything') || !canUnshare)(
  'two containers on one volume',
  { timeout: 60_000 },
  () => {
    it('find each other, and strict refuses', async () => {
      const path = temporaryFolder();
      const script = fileURLToPath(new URL('support/worker.mjs', import.meta.url));
      const child = spawn('unshare', ['--pid', '--fork', '--kill-child', process.execPath, script, path], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });
      onTestFinished(async () => {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      });
      await once(child, 'message');
      await expect
        .poll(() => existsSync(join(path, 'presence')) && readdirSync(join(path, 'presence')))
        .toHaveLength(1);
      const cache = fileCache({ path });
      onTestFinished(() => cache.close?.());
      expect(await cache.check?.()).toContainEqual(
        expect.objectContaining({ code: 'file_cache_watched', failsStrict: true }),
      );
      await expect
        .poll(async () => await cache.check?.(), { timeout: 12_000, interval: 500 })
        .toContainEqual(expect.objectContaining({ level: 'error', code: 'file_cache_in_two_places' }));
    });
  },
);
