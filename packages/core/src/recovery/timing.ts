import type { HoldOffTiming } from './holdOff.js';
import type { LossTiming } from './KeySpaceWatch.js';
import type { PairCheckTiming } from './PairChecks.js';

export interface RecoveryTiming extends HoldOffTiming, LossTiming, PairCheckTiming {
  readonly checkNewPairsAfterMs: readonly number[];
  readonly lookEveryMs: number;
  readonly sampleSize: number;
}

export const defaultRecoveryTiming: RecoveryTiming = {
  /** After a new pair was stored: by then a failover that loses it has begun, or has ended. */
  checkNewPairsAfterMs: [2_000, 30_000],
  /** The other processes have heard of the same event, and put their pairs back. */
  heldOffAfterReconnectMs: 2_000,
  /** Longer than it takes every process to notice, shorter than a caller's patience: new devices wait, and are served. */
  heldOffAfterLossMs: 10_000,
  /** How long it takes a process at most to see that everything was lost. */
  lookEveryMs: 1_000,
  /** Whoever finds an empty cache cannot tell whether it is new: whoever knows better has looked by then, and has said so. */
  heldOffAsNewMs: 2_000,
  /** How often a process that puts pairs back says that it still does. */
  extendHoldEveryMs: 3_000,
  /** A hold that another process began is looked at again after so long. */
  holdRetryMs: 500,
  /** So many pairs put back within a minute are a loss of data, not somebody who deleted a record. */
  lossesAtOnce: 3,
  lossWindowMs: 60_000,
  /** Of the older pairs, so many are checked after a reconnection: a sample that is complete says that all are there. */
  sampleSize: 32,
  tickMs: 20,
  checksPerTick: 10,
  /** The pause after a check that the cache did not answer, and how often a device is checked again because of that. */
  failurePauseMs: 1_000,
  checksPerDevice: 5,
};
