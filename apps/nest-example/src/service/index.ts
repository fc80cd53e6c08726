export { answerError, type ErrorAnswer } from './answerError.js';
export type { DeviceTokens, IssuedDeviceToken } from './deviceTokens.js';
export { logFailure, logRequest, type LoggedRequest } from './logging.js';
export { platformIdIn } from './platformId.js';
export { authorize, preauthorize, trial, type LockView, type PlayView } from './playing.js';
export { RequestError } from './RequestError.js';
export { runProgram } from './runProgram.js';
export { connectionsOf, portOf, serve } from './serve.js';
export { readSettings, type Settings } from './settings.js';
export {
  createSignIn,
  type FoundView,
  type SignIn,
  type SignInPage,
  type StepView,
  type WaitView,
} from './signIn.js';
export { startService, type AppParts, type RunningApp, type StartApp } from './startService.js';
export {
  profilesView,
  providersView,
  readinessView,
  type ProfilesView,
  type ProvidersView,
} from './views.js';
