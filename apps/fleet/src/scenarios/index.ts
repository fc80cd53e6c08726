import { blackHole } from './blackHole.js';
import { cutReply } from './cutReply.js';
import { firstRequest } from './firstRequest.js';
import { flushall } from './flushall.js';
import { killedBetween } from './killedBetween.js';
import { lockOnly, pausedPastLease } from './pausedPastLease.js';
import { restartWithAof, restartWithoutAof } from './restarts.js';
import { revokedToken } from './revokedToken.js';
import type { Scenario } from './Scenario.js';
import { stalePromotion } from './stalePromotion.js';

/** In the order in which they run. */
export const scenarios: readonly Scenario[] = [
  firstRequest,
  revokedToken,
  pausedPastLease,
  lockOnly,
  killedBetween,
  cutReply,
  blackHole,
  stalePromotion,
  flushall,
  restartWithAof,
  restartWithoutAof,
];
