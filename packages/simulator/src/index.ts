export { createSimulator } from './createSimulator.js';
export type { Simulator } from './simulator.js';
export { connectSimulator } from './client/connectSimulator.js';
export type {
  RemoteClock,
  RemoteFaultHandle,
  RemoteLedger,
  SimulatorConnection,
} from './verbs/SimulatorConnection.js';
export type { ConnectOptions } from './client/controlTransport.js';
export type { SimulatorOptions, UnauthorizedBody } from './options.js';
export type {
  ApplicationOptions,
  MvpdOptions,
  Rating,
  ResourceOptions,
  ScenarioOptions,
  ServiceProviderOptions,
  ShownMvpd,
  TemporaryAccessOptions,
  ViewerOptions,
} from './scenario/scenario.js';
export type { ErrorCode } from './ground/errorCatalogue.js';
export type { Degradation, DegradationRule, DegradationTarget } from './state/degradations.js';
export type { SessionFilter, SessionSummary } from './state/sessions.js';
export type { IdentityTokenRequest, PartnerResponseRequest } from './verbs/identity.js';
export type { LogIn } from './verbs/logIn.js';
export type { TemporaryAccessReset } from './verbs/temporaryAccess.js';
export type { Clock, ClockReading, VirtualClock } from './clock/virtualClock.js';
export type { EndpointName } from './ground/endpointName.js';
export type { Ledger, LedgerEntry, LedgerFilter, LedgerStatus } from './ledger/ledger.js';
export { fingerprint } from './crypto/fingerprint.js';
export {
  simulatedMediaTokenVerifier,
  type SimulatedMediaTokenStatus,
  type SimulatedMediaTokenVerifier,
  type SimulatedVerifierOptions,
} from './crypto/verifyMediaToken.js';
export type {
  Delay,
  Fault,
  FaultEffect,
  FaultHandle,
  FaultOutcome,
  FaultSummary,
  FaultTiming,
} from './faults/fault.js';
export type { SignedIn, SignIn, SignOut } from './verbs/signIn.js';
export type { ClientFilter, ClientSummary } from './state/clients.js';
export type { StatementTarget } from './state/statements.js';
export type { Revoked, TokenOwner } from './verbs/revocation.js';
export type { ThrottleBurst } from './throttle/throttle.js';
export type { ThrottleMode } from './throttle/throttleKey.js';
export { SimulatorError, type SimulatorErrorCode } from './ground/simulatorError.js';
