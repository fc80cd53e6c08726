import { setTimeout as delay } from 'node:timers/promises';
import type { TcpProxy } from '@pass-dcr/redis-kit';
import { quantile } from '../report/quantile.js';
import { readWorker } from '../stage/readWorker.js';
import type { Stage } from '../stage/Stage.js';
import { until } from '../stage/until.js';
import type { Worker } from '../stage/Worker.js';
import { numbers } from './numbers.js';

/** In the memory of the worker; stored, but not in its memory; unheard of. */
export const known: readonly number[] = numbers(1, 50);
export const stored: readonly number[] = numbers(101, 50);
const fresh = 201;
/** Until here the breaker has had its failures. */
const openAfterMs = 2_000;

export type Silence = (proxy: TcpProxy) => void;

/** Times in milliseconds, inside of the process where viewers are concerned. */
export interface Outage {
  readonly knownFailed: number;
  readonly knownP95Ms: number;
  readonly refused: number;
  readonly refused503: number;
  readonly medianMs: number;
  readonly slowestMs: number;
  readonly openMedianMs: number;
  readonly openP95Ms: number;
  readonly heapMb: number;
  readonly backMs: number;
  readonly freshMs: number;
}

/** Ends the silence too, and waits until all is as before. */
export async function outage(
  stage: Stage,
  worker: Worker,
  proxy: TcpProxy,
  silence: Silence,
): Promise<Outage> {
  const { driver, chronicle, options, random } = stage;
  const lastsMs = options.short ? 4_000 : 10_000;
  const heapBefore = await worker.order('heap', null);
  const startedAt = Date.now();
  const isOver = chronicle.disturbed('redis-unreachable', null);
  silence(proxy);
  const calls: Promise<unknown>[] = [];
  let knownFailed = 0;
  let refused503 = 0;
  while (Date.now() < startedAt + lastsMs) {
    const device = random.pick(stored) ?? fresh;
    calls.push(
      driver.call(worker, random.pick(known) ?? 1).then(({ clientId }) => {
        if (clientId === null) knownFailed += 1;
      }),
      driver.call(worker, device).then(({ end }) => {
        if (end.kind === 'answered' && end.status === 503) refused503 += 1;
      }),
    );
    await delay(10);
  }
  await Promise.all(calls);
  const heapMb = ((await worker.order('heap', null)) - heapBefore) / 1_048_576;
  const { handOuts, refusals } = readWorker(stage.folder, worker, startedAt);
  const ms = refusals.map(({ middlewareMs }) => middlewareMs);
  const openMs = refusals
    .filter((refusal) => refusal.startedAt > startedAt + openAfterMs)
    .map(({ middlewareMs }) => middlewareMs);
  const healedAt = Date.now();
  await proxy.heal({ held: 'reset' });
  isOver();
  const back = async (device: number): Promise<number> => {
    await until(async () => (await driver.call(worker, device)).clientId !== null, { withinMs: 15_000 });
    return Date.now();
  };
  const servedAt = Math.max(...(await Promise.all(stored.slice(0, 10).map(back))));
  const readyAt = Math.max(healedAt, await worker.order('readyAt', null));
  const freshAt = await back(fresh + random.between(0, 999));
  return {
    knownFailed,
    knownP95Ms: quantile(
      handOuts.map(({ middlewareMs }) => middlewareMs),
      0.95,
    ),
    refused: refusals.length,
    refused503,
    medianMs: quantile(ms, 0.5),
    slowestMs: quantile(ms, 1),
    openMedianMs: quantile(openMs, 0.5),
    openP95Ms: quantile(openMs, 0.95),
    heapMb,
    backMs: servedAt - readyAt,
    freshMs: freshAt - readyAt,
  };
}
