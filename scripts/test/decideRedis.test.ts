import { describe, expect, test } from 'vitest';
import { decideRedis, type Machine } from '../redis/decideRedis.mjs';
import { ensureRedis } from '../redis/ensureRedis.mjs';

const debian: Machine = {
  env: {},
  platform: 'linux',
  uid: 0,
  programs: { redisServer: undefined, aptGet: '/usr/bin/apt-get' },
};
const withServer = { ...debian.programs, redisServer: '/usr/bin/redis-server' };
const withoutApt = { redisServer: undefined, aptGet: undefined };

describe('decideRedis', () => {
  test.each([
    ['uses the server that is there', { programs: withServer }, 'use'],
    ['uses it also in CI', { programs: withServer, env: { CI: 'true' } }, 'use'],
    ['installs one as root on Debian', {}, 'install'],
    ['installs one as root on Debian in CI', { env: { CI: 'true' } }, 'install'],
    ['installs nothing where that is forbidden', { env: { PASS_TEST_INSTALL: '0' } }, 'leaveOut'],
    ['installs nothing as another user', { uid: 1000 }, 'leaveOut'],
    ['installs nothing without apt-get', { programs: withoutApt }, 'leaveOut'],
    ['installs nothing elsewhere than on Linux', { platform: 'darwin' }, 'leaveOut'],
    ['knows machines without user ids', { platform: 'win32', uid: undefined }, 'leaveOut'],
    ['fails in CI as another user', { uid: 1000, env: { CI: 'true' } }, 'fail'],
    ['fails in CI where it may not install', { env: { CI: 'true', PASS_TEST_INSTALL: '0' } }, 'fail'],
    ['fails in CI without apt-get', { programs: withoutApt, env: { CI: 'true' } }, 'fail'],
  ] as const)('%s', (_what, change, kind) => {
    expect(decideRedis({ ...debian, ...change }).kind).toBe(kind);
  });

  test('announces what it installs, in one line, and how to prevent it', () => {
    const decision = decideRedis(debian);
    expect(decision).toMatchObject({ kind: 'install', aptGet: '/usr/bin/apt-get' });
    expect(decision).toHaveProperty(
      'announcement',
      expect.stringMatching(/redis-server.*PASS_TEST_INSTALL=0/),
    );
    expect(decision).toHaveProperty('announcement', expect.not.stringContaining('\n'));
  });

  test.each([
    [{ uid: 1000 }, /sudo apt-get install redis-server/],
    [{ env: { PASS_TEST_INSTALL: '0' } }, /PASS_TEST_INSTALL=0 forbids.*apt-get install redis-server/],
    [{ platform: 'darwin' }, /brew install redis/],
    [{ platform: 'win32' }, /Subsystem for Linux/],
    [{ programs: withoutApt }, /install Redis or Valkey/],
  ] as const)('says with %o how to have one', (change, hint) => {
    expect(decideRedis({ ...debian, ...change })).toHaveProperty('reason', expect.stringMatching(hint));
  });
});

describe('ensureRedis', () => {
  const env = { PATH: '/nowhere', PASS_TEST_INSTALL: '0' };

  test('finds the server that REDIS_SERVER names', async () => {
    const REDIS_SERVER = process.execPath;
    expect(await ensureRedis({ ...env, REDIS_SERVER })).toEqual({ kind: 'use', path: REDIS_SERVER });
  });

  test('leaves the tests out on a PATH without a server', async () => {
    expect((await ensureRedis(env)).kind).toBe('leaveOut');
  });

  test('fails where REDIS_SERVER names what is none, in CI or not', async () => {
    expect(await ensureRedis({ ...env, REDIS_SERVER: '/nowhere/redis' })).toEqual({
      kind: 'fail',
      reason: expect.stringContaining('REDIS_SERVER must be'),
    });
  });
});
