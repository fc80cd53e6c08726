import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CacheProcess } from './support/CacheProcess.js';
import { temporaryFolder } from './support/temporaryFolder.js';

const hasStrace =
  process.platform === 'linux' && spawnSync('strace', ['-f', '-e', 'trace=none', 'true']).status === 0;
const skipped = hasStrace ? '' : ' (needs strace, which cannot be run here)';
const lasting = { value: 'credentials', ttlMs: null };

describe.skipIf(!hasStrace)(`a commit that fails half-way${skipped}`, { timeout: 60_000 }, () => {
  it('takes no further write with it: the file is opened anew, and all that was acknowledged is there', async () => {
    const path = temporaryFolder();
    const process = await CacheProcess.start(path);
    onTestFinished(() => process.kill());
    await process.call('swap', 'k:{first}:c', null, lasting);
    // The next write of a meta page, and what LMDB does to take it back, fail as on a broken disk.
    const inject = ['-e', 'trace=pwrite64', '-e', 'inject=pwrite64:error=EIO:when=1..2'];
    const strace = spawn(
      'strace',
      ['-f', '-p', String(process.pid), '-P', join(path, 'data.mdb'), ...inject],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    await once(strace.stderr, 'data');
    const outcomes: string[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1)
      outcomes.push(
        await process.call('swap', `k:{${attempt}}:c`, null, lasting).then(
          () => 'stored',
          (error: unknown) => (error instanceof Error ? error.message : '?'),
        ),
      );
    expect(outcomes[0]).toMatch(/EIO/);
    expect(outcomes.at(-1)).toBe('stored');
    const stored = outcomes.flatMap((outcome, index) => (outcome === 'stored' ? [`k:{${index}}:c`] : []));
    const keys = ['k:{first}:c', ...stored];
    expect(await process.call('read', keys, { strong: true })).not.toContain(null);
    strace.kill('SIGINT');
    await once(strace, 'exit');
    const other = await CacheProcess.start(path);
    onTestFinished(() => other.kill());
    expect(await other.call('read', keys, { strong: true })).not.toContain(null);
  });
});
