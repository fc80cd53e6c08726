// Opens ten thousand states of the file cache after a power cut: docs/proof.md. Everything opens some hundred.
import { spawnSync } from 'node:child_process';

const { status } = spawnSync('vitest', ['run', '--project', 'file-cache', 'powerCut'], {
  env: { ...process.env, POWERCUT_STATES: '10000' },
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
process.exit(status ?? 1);
