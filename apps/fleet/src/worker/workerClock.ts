import { followClock, systemClock, type Clock } from '@pass-dcr/core/testing';
import type { WorkerOptions } from './WorkerOptions.js';

interface WorkerClock {
  readonly clock: Clock;
  readonly stop: () => void;
}

/** The clock of the machine or of the simulator, wrong by as much as the worker's options say. */
export async function workerClock({
  clockSkewMs,
  followsUpstream,
  upstreamUrl,
}: Pick<WorkerOptions, 'clockSkewMs' | 'followsUpstream' | 'upstreamUrl'>): Promise<WorkerClock> {
  const followed = followsUpstream ? await followClock(upstreamUrl) : null;
  const right = followed?.clock ?? systemClock;
  return {
    clock: {
      now: () => right.now() + clockSkewMs,
      setTimer: (...timer) => right.setTimer(...timer),
    },
    stop: () => followed?.stop(),
  };
}
