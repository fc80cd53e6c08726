export type { Configuration, Mvpd } from './api/configuration.js';
export type { Profile, ProfileAttribute } from './api/profiles.js';
export type {
  CacheEntry,
  CacheFinding,
  CacheReadOptions,
  CacheSwapOptions,
  CacheWrite,
  PassCache,
  SwapResult,
  Version,
} from './cache/PassCache.js';
export type { Device, DeviceInfo } from './device/Device.js';
export { passEventChannel, type PassEvent, type PassWarningCode } from './diagnostics.js';
export { isPassError, PassError, type AdobeFailure, type PassErrorCode, type PassErrorDetails } from './errors.js';
export type { PassEnvironment, PassLimits, PassOptions } from './options.js';
export type {
  CallOptions,
  HttpMethod,
  Pass,
  PassClient,
  PassContext,
  PassFinding,
  PassRequestInit,
  PassResponse,
  Readiness,
} from './Pass.js';
