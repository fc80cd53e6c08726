import { blackHole, halfOpen } from './blackHole.js';
import { canaries } from './canaries.js';
import { cluster } from './cluster.js';
import { cutReply } from './cutReply.js';
import { ephemeral } from './ephemeral.js';
import { evicting } from './evicting.js';
import { firstRequest } from './firstRequest.js';
import { flushall, flushallNewcomer } from './flushall.js';
import { killedBetween } from './killedBetween.js';
import { memory } from './memory.js';
import { mixed } from './mixed.js';
import { outOfMemory } from './outOfMemory.js';
import { lockOnly, pausedPastLease } from './pausedPastLease.js';
import { restartWithAof, restartWithoutAof } from './restarts.js';
import { revokedToken } from './revokedToken.js';
import { rotation } from './rotation.js';
import { roundTrips } from './roundTrips.js';
import type { Scenario } from './Scenario.js';
import { sentinel } from './sentinel.js';
import { skewedClocks } from './skewedClocks.js';
import { fewLost, stalePromotion } from './stalePromotion.js';

/** In the order in which they run. */
export const scenarios: readonly Scenario[] = [
  firstRequest,
  revokedToken,
  pausedPastLease,
  lockOnly,
  killedBetween,
  cutReply,
  roundTrips,
  blackHole,
  halfOpen,
  ephemeral,
  outOfMemory,
  evicting,
  flushall,
  flushallNewcomer,
  restartWithAof,
  restartWithoutAof,
  stalePromotion,
  fewLost,
  sentinel,
  cluster,
  skewedClocks,
  canaries,
  memory,
  rotation,
  mixed,
];
