import type { Settings } from './service/index.js';

/** Koa counts the proxies in front, and does not ask for their addresses. @throws Error where they are given */
export function proxyOptions(trustProxy: Settings['trustProxy']): { proxy: boolean; maxIpsCount?: number } {
  if (trustProxy === false) return { proxy: false };
  if (typeof trustProxy === 'number') return { proxy: true, maxIpsCount: trustProxy };
  throw new Error(
    'TRUST_PROXY must be how many proxies are in front: Koa does not know them by their addresses',
  );
}
