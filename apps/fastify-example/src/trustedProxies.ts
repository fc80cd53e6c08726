import type { Settings } from './service/index.js';

/** Fastify knows proxies by their addresses alone. @throws Error where they are counted */
export function trustedProxies(trustProxy: Settings['trustProxy']): string | false {
  if (typeof trustProxy !== 'number') return trustProxy;
  throw new Error('TRUST_PROXY must be the addresses of the proxies in front: Fastify does not count them');
}
