/**
 * For tests of what is built on this package: a `Pass` whose time, transport and chance are the test's own,
 * and one that is a test double altogether.
 * @module
 */
export { systemClock, type Clock, type Timer } from './time/clock.js';
export { createPassWith, type PassParts } from './createPassWith.js';
export { createServerPassWith } from './createServerPassWith.js';
export {
  TransportFailure,
  type Transport,
  type UpstreamRequest,
  type UpstreamResponse,
} from './http/Transport.js';
export { AdjustableClock } from './testing/AdjustableClock.js';
export { fakePass, type FakePassMembers } from './testing/fakePass.js';
export type { FakeAnswers } from './testing/fakeShape.js';
export { followClock, type FollowedClock } from './testing/followClock.js';
export { timingForTests, timingWith, type TimingChanges } from './testing/timingWith.js';
export { defaultTiming, type Timing } from './timing.js';
