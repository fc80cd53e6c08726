// Says whether the changesets can be read and name packages that exist, and whether a branch that changes a package
// brings one.
import { spawnSync } from 'node:child_process';

/** @param {string} name */
const exists = (name) => spawnSync('git', ['rev-parse', '--verify', '--quiet', name]).status === 0;

// A clone of a pull request has no local main.
const since = ['main', 'origin/main'].find(exists) ?? 'HEAD';
const { status } = spawnSync('changeset', ['status', `--since=${since}`], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
process.exit(status ?? 1);
