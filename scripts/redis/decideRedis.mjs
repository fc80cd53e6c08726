// What becomes of the tests that need Redis on this machine.

/**
 * @typedef {object} Machine
 * @property {Readonly<Record<string, string | undefined>>} env
 * @property {NodeJS.Platform} platform
 * @property {number | undefined} uid `undefined` where there are no user ids
 * @property {{ readonly redisServer: string | undefined, readonly aptGet: string | undefined }} programs their paths
 */

/**
 * @typedef {{ kind: 'use', path: string } | { kind: 'install', aptGet: string, announcement: string }
 *   | { kind: 'leaveOut', reason: string } | { kind: 'fail', reason: string }} Decision
 */

const missing = 'there is no redis-server or valkey-server on PATH, nor does REDIS_SERVER name one';

/** @param {Machine} machine @returns {Decision} */
export function decideRedis({ env, platform, uid, programs: { redisServer, aptGet } }) {
  if (redisServer !== undefined) return { kind: 'use', path: redisServer };
  const isDebian = platform === 'linux' && aptGet !== undefined;
  const isForbidden = env['PASS_TEST_INSTALL'] === '0';
  if (isDebian && uid === 0 && !isForbidden) {
    return {
      kind: 'install',
      aptGet,
      announcement: `Installing Debian's package redis-server, as ${missing}. PASS_TEST_INSTALL=0 prevents it.`,
    };
  }
  const why =
    isDebian && isForbidden ? `${missing}, and PASS_TEST_INSTALL=0 forbids to install one` : missing;
  const reason = `${why}. To have one: ${howToInstall(platform, isDebian)}.`;
  return { kind: env['CI'] === 'true' ? 'fail' : 'leaveOut', reason };
}

/** @param {NodeJS.Platform} platform @param {boolean} isDebian */
export function howToInstall(platform, isDebian) {
  if (isDebian) return '"sudo apt-get install redis-server"';
  switch (platform) {
    case 'darwin':
      return '"brew install redis" or "brew install valkey"';
    case 'win32':
      return 'use the Windows Subsystem for Linux';
    default:
      return 'install Redis or Valkey, such as by the package manager';
  }
}
