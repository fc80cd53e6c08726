export { cacheConformance } from './cache/cacheConformance.js';
export type {
  CacheCapabilities,
  CacheCapability,
  CacheConformanceOptions,
  CacheConformanceReport,
} from './cache/CacheConformanceOptions.js';
export type { RunnerExpect, RunnerIt } from './runner.js';
