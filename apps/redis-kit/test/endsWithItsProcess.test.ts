import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { needsRedis } from '@pass-dcr/redis-kit';

interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly dir: string;
}

/** A process that has started a server, and does nothing more. */
async function startInAnotherProcess(): Promise<Started> {
  const program = fileURLToPath(new URL('startAndWait.mjs', import.meta.url));
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { pid, dir } = JSON.parse(line.toString()) as { readonly pid: number; readonly dir: string };
  expect([isRunning(pid), existsSync(dir)]).toEqual([true, true]);
  return { child, pid, dir };
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

needsRedis(describe)('a server whose process dies', () => {
  const signals = ['SIGKILL', 'SIGTERM', 'SIGINT'] as const;
  it.each(inject('everything') ? signals : signals.slice(0, 1))(
    'by %s ends, and leaves no folder',
    async (signal) => {
      const { child, pid, dir } = await startInAnotherProcess();
      child.kill(signal);
      await vi.waitFor(() => expect([isRunning(pid), existsSync(dir)]).toEqual([false, false]), 5_000);
    },
  );

  it('ends also where it was paused', async () => {
    const { child, pid } = await startInAnotherProcess();
    process.kill(pid, 'SIGSTOP');
    child.kill('SIGKILL');
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), 5_000);
  });
});
