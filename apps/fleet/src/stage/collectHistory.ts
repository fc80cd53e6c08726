import type { Audit, History } from '../checks/History.js';
import { credentialsKeys } from './credentialsKeys.js';
import { readWorker } from './readWorker.js';
import type { RedisWatch } from './RedisWatch.js';
import type { Stage } from './Stage.js';

/** Brings the sources of a run together. */
export async function collectHistory(
  stage: Pick<Stage, 'chronicle' | 'upstream' | 'workers' | 'folder' | 'secret'>,
  watches: readonly RedisWatch[],
  audits: readonly Audit[],
): Promise<History> {
  const { chronicle, upstream, workers, folder, secret } = stage;
  const record = await upstream.record();
  const logs = workers.map((worker) => readWorker({ folder }, worker));
  const { calls, kills, disturbances } = chronicle;
  const devices = [...new Set(calls.map(({ device }) => device))];
  const keys = watches.length === 0 ? new Map<string, number>() : await credentialsKeys(devices, secret);
  return {
    ...record,
    handOuts: logs.flatMap(({ handOuts }) => handOuts),
    refusals: logs.flatMap(({ refusals }) => refusals),
    settled: logs.flatMap(({ settled }) => settled),
    calls,
    kills,
    disturbances,
    leaseExpiries: watches.flatMap((watch) => watch.leaseExpiries(keys)),
    writes: watches.flatMap((watch) => watch.writes(keys)),
    audits,
  };
}
