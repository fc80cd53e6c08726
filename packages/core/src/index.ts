export type { AdobeCode, MustAct } from './adobeCodes.js';
export type { EnhancedError } from './api/answers/EnhancedError.js';
export type { OpenText, UnknownFields } from './api/answers/fields.js';
export type { AccessTokenOptions, CallOptions } from './api/CallOptions.js';
export type { Configuration, Mvpd } from './api/configuration/types.js';
export type {
  Authorization,
  Authorized,
  DecisionParameters,
  DecisionSource,
  DecisionsResource,
  Denied,
  MediaToken,
  NotAnswered,
  Preauthorization,
  Preauthorized,
} from './api/decisions/types.js';
export type {
  FinishedLogout,
  LogoutParameters,
  LogoutStep,
  OtherLogout,
  PartnerLogout,
  ProviderLogout,
} from './api/logout/types.js';
export type {
  PartnerProfileParameters,
  PartnerSessionParameters,
  PartnerSsoResource,
} from './api/partnerSso/types.js';
export type {
  DegradedProfile,
  OtherProfile,
  Profile,
  ProfileAttribute,
  ProfilesResource,
  RegularProfile,
  SingleSignOnProfile,
  TemporaryProfile,
  WaitOutcome,
  WaitParameters,
} from './api/profiles/types.js';
export type { HttpMethod, PassRequestInit, PassResponse } from './api/request/types.js';
export type {
  AuthenticateSession,
  AuthorizeSession,
  OtherSession,
  PartnerProfileSession,
  ResumeSession,
  Session,
  SessionParameter,
  SessionParameters,
  SessionReason,
  SessionsResource,
  SessionStatus,
} from './api/sessions/types.js';
export { memoryCache } from './cache/memoryCache.js';
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
export {
  checkOptions,
  invalidOption,
  type OptionCheck,
  type OptionChecks,
  type OptionsWording,
} from './checkOptions.js';
export { createPass } from './createPass.js';
export type {
  EsmFilter,
  EsmLink,
  EsmParameters,
  EsmReport,
  EsmResource,
  EsmRow,
  EsmText,
  EsmTextFormat,
} from './management/esm/types.js';
export type { ServerPass, ServerResponse } from './management/ServerPass.js';
export type { TempPassReset } from './management/tempPass.js';
export { described } from './described.js';
export { bareAddress } from './device/clientAddress.js';
export type { Device, DeviceInfo } from './device/Device.js';
export { parseDeviceInfoHeader } from './device/deviceInfo.js';
export { passEventChannel, type PassEvent, type PassWarningCode } from './diagnostics.js';
export {
  isPassError,
  PassError,
  type AdobeFailure,
  type PassErrorCode,
  type PassErrorDetails,
  type ViewerMessage,
} from './errors.js';
export { attachClient, type AttachOptions, type ClientAttachment } from './inbound/attachClient.js';
export { clientOf } from './inbound/clientOf.js';
export { deviceFromHeaders } from './inbound/deviceFromHeaders.js';
export { isHangUp, type ClosableResponse } from './inbound/hangUp.js';
export type { IncomingRequest, PendingResponse } from './inbound/IncomingRequest.js';
export { NodeRequest } from './inbound/NodeRequest.js';
export { problemAnswers, type ErrorHandlerOptions, type ProblemAnswers } from './inbound/problemAnswers.js';
export { toProblem, type Problem, type ProblemBody } from './inbound/toProblem.js';
export { trustedAddress, trustsEveryProxy } from './inbound/proxies.js';
export type { PassEnvironment } from './http/baseUrl.js';
export * as check from './optionChecks.js';
export {
  mediaTokenGuard,
  type MediaTokenGuard,
  type MediaTokenGuardOptions,
  type MediaTokenQuestion,
  type MediaTokenVerdict,
} from './playback/mediaTokenGuard.js';
export type {
  MediaTokenStatus,
  MediaTokenVerifier,
  VerifierQuestion,
} from './playback/MediaTokenVerifier.js';
export type { WriteCounts } from './cache/LastingWrites.js';
export type { PassLimits, PassOptions, ServerPassOptions } from './options.js';
export type {
  Pass,
  PassFinding,
  Readiness,
  ResealOptions,
  ResealProgress,
  ResealSummary,
  RestoreOptions,
} from './Pass.js';
export type { PassClient, PassContext } from './PassClient.js';
