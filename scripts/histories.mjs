// Histories of a hundred thousand operations on each cache: docs/proof.md. Everything records some thousand.
import { spawnSync } from 'node:child_process';

const { status } = spawnSync('vitest', ['run', 'history', 'postgres'], {
  env: { ...process.env, HISTORY_OPERATIONS: '100000' },
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
process.exit(status ?? 1);
