import { createHash, randomBytes } from 'node:crypto';
import type { RedisConfig } from './configText.js';

const password = randomBytes(24).toString('hex');

/** The user by which the kit itself speaks to its servers, and they to one another, whatever a test does to `default`. */
export const kitUser: { readonly username: string; readonly password: string } = {
  username: 'pass-dcr-kit',
  password,
};

const hash = createHash('sha256').update(password).digest('hex');

/** Adds the kit's user to the users of a configuration. */
export function withKitUser(config: RedisConfig): RedisConfig {
  return {
    ...config,
    user: [`${kitUser.username} on #${hash} ~* &* +@all`, ...[config['user'] ?? []].flat()],
  };
}

/** How a replica or a Cluster's node presents itself to another server of this kit. */
export const kitUserOfReplicas: RedisConfig = { masteruser: kitUser.username, masterauth: kitUser.password };
