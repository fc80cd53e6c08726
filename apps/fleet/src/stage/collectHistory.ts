import type { Audit, History } from '../checks/History.js';
import type { Chronicle } from './Chronicle.js';
import { credentialsKeys } from './credentialsKeys.js';
import { readWorker } from './readWorker.js';
import type { RedisWatch } from './RedisWatch.js';
import type { Upstream } from './Upstream.js';

/** Who knows something of a run. */
export interface Sources {
  readonly chronicle: Chronicle;
  readonly upstream: Upstream;
  /** Also those that have ended. */
  readonly workers: readonly { readonly name: string }[];
  /** Where the workers log. */
  readonly folder: string;
  /** Of the keys that the watches saw. */
  readonly secret: readonly string[];
  readonly watches: readonly RedisWatch[];
  readonly audits: readonly Audit[];
}

/** Brings the sources of a run together. */
export async function collectHistory({
  chronicle,
  upstream,
  workers,
  folder,
  secret,
  watches,
  audits,
}: Sources): Promise<History> {
  const record = await upstream.record();
  const logs = workers.map((worker) => readWorker(folder, worker));
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
