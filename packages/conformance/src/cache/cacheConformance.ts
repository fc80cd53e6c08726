import type { CacheConformanceOptions, CacheConformanceReport } from './CacheConformanceOptions.js';
import { createCacheSuite } from './CacheSuite.js';
import { expiryCases } from './expiryCases.js';
import { failureCases } from './failureCases.js';
import { keysCases } from './keysCases.js';
import { peerCases } from './peerCases.js';
import { raceCases } from './raceCases.js';
import { readCases } from './readCases.js';
import { reconnectCases } from './reconnectCases.js';
import { swapCases } from './swapCases.js';
import { textCases } from './textCases.js';
import { versionCases } from './versionCases.js';

/**
 * Defines one test for every rule of `PassCache`, and returns what it defined. A cache that passes them all keeps two
 * processes from overwriting each other's credentials. The optional functions say what the store lets its tests do.
 *
 * @example
 * describe('my cache', () => {
 *   cacheConformance({ it, expect, create: () => myCache(), createPeer: () => myCache() });
 * });
 */
export function cacheConformance(options: CacheConformanceOptions): CacheConformanceReport {
  const { suite, report } = createCacheSuite(options);
  readCases(suite);
  swapCases(suite);
  versionCases(suite);
  raceCases(suite);
  expiryCases(suite);
  textCases(suite);
  failureCases(suite, options);
  peerCases(suite, options);
  keysCases(suite, options);
  reconnectCases(suite);
  return report;
}
