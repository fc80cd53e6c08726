export { getPass, Pass } from './Pass.js';
export { PassDeviceGuard } from './PassDeviceGuard.js';
export { PassExceptionFilter } from './PassExceptionFilter.js';
export { PassHealthIndicator, type PassHealth } from './PassHealthIndicator.js';
export { PassModule } from './PassModule.js';
export type {
  PassModuleAsyncOptions,
  PassModuleOptions,
  PassOptionsFactory,
  PassRegistration,
} from './PassModuleOptions.js';
export { PassService } from './PassService.js';
export type { HttpRequest } from './PlatformRequest.js';
export { SkipPass } from './SkipPass.js';
export { InjectPass, passOptionsToken, passToken } from './tokens.js';
