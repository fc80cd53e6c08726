import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { decideRedis } from './decideRedis.mjs';
import { redisKit } from './redisKit.mjs';

/** @typedef {{ kind: 'use', path: string } | { kind: 'leaveOut' | 'fail', reason: string }} Redis */

/**
 * The server for tests, installed where that is possible and nothing forbids it. Needs the build.
 * @param {NodeJS.ProcessEnv} [env] @returns {Promise<Redis>}
 */
export async function ensureRedis(env = process.env) {
  const { findRedisServer } = await redisKit();
  try {
    const decision = decideRedis({
      env,
      platform: process.platform,
      uid: process.getuid?.(),
      programs: { redisServer: findRedisServer(env), aptGet: onPath('apt-get', env) },
    });
    if (decision.kind !== 'install') return decision;
    console.log(decision.announcement);
    const problem = install(decision.aptGet, env);
    const path = findRedisServer(env);
    if (path !== undefined) return { kind: 'use', path };
    const reason = `redis-server could not be installed: ${problem ?? 'apt-get installed none on PATH'}`;
    return { kind: env['CI'] === 'true' ? 'fail' : 'leaveOut', reason };
  } catch (error) {
    // REDIS_SERVER names what is none.
    return { kind: 'fail', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** @param {string} name @param {NodeJS.ProcessEnv} env */
function onPath(name, env) {
  return (env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

/** What Debian asks before a package may start its service; 101 forbids it. https://wiki.debian.org/policy-rc.d */
const servicePolicy = '/usr/sbin/policy-rc.d';

/** @param {string} aptGet @param {NodeJS.ProcessEnv} env @returns {string | undefined} what went wrong */
function install(aptGet, env) {
  const hasPolicy = existsSync(servicePolicy);
  if (!hasPolicy) writeFileSync(servicePolicy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    for (const args of [
      ['update', '-qq'],
      ['install', '-qq', '-y', '--no-install-recommends', 'redis-server'],
    ]) {
      const { status, stdout, stderr, error } = spawnSync(aptGet, args, {
        env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
        encoding: 'utf8',
      });
      if (status !== 0)
        return [`"apt-get ${args.join(' ')}"`, error?.message ?? `${stdout}${stderr}`.trim()].join(': ');
    }
    // Nor shall it start with the machine.
    if (existsSync('/run/systemd/system')) spawnSync('systemctl', ['disable', '--quiet', 'redis-server']);
    return undefined;
  } finally {
    if (!hasPolicy) rmSync(servicePolicy, { force: true });
  }
}
