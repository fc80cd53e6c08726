export { adapterConformance } from './adapter/adapterConformance.js';
export type {
  AdapterApplication,
  AdapterConformanceOptions,
  AdapterConformanceReport,
  AdapterExchange,
  AdapterLimits,
  AdapterMount,
  AdapterRoute,
  NodeHeaders,
  ServedApplication,
} from './adapter/AdapterConformanceOptions.js';
export { cacheConformance } from './cache/cacheConformance.js';
export type {
  CacheCapabilities,
  CacheCapability,
  CacheConformanceOptions,
  CacheConformanceReport,
} from './cache/CacheConformanceOptions.js';
export { checkHistory, type HistoryReport } from './history/checkHistory.js';
export type { CacheHistory, Operation, ReadOperation, SwapOperation } from './history/History.js';
export { recordHistory, type HistoryOptions } from './history/recordHistory.js';
export type { RunnerExpect, RunnerIt } from './runner.js';
