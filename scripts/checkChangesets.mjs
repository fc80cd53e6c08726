// Says whether the changesets can be read and name packages that exist, and whether a branch that changes a package
// brings one.
import { spawnSync } from 'node:child_process';

/** @param {string} name */
const exists = (name) => spawnSync('git', ['rev-parse', '--verify', '--quiet', name]).status === 0;

// Without --since every changeset is read, not only those of the branch; but that needs a local main, which a clone of a
// pull request has not.
const args = exists('main') ? ['status'] : ['status', '--since=origin/main'];
const { status } = spawnSync('changeset', args, { stdio: 'inherit', shell: process.platform === 'win32' });
process.exit(status ?? 1);
