import { setTimeout as delay } from 'node:timers/promises';
import type { TcpProxy } from '@pass-dcr/redis-kit';
import { milliseconds, quantile } from '../report/quantile.js';
import { readWorker } from '../stage/readWorker.js';
import type { Stage } from '../stage/Stage.js';
import { until } from '../stage/until.js';
import type { Worker } from '../stage/Worker.js';
import { numbers } from './numbers.js';
import type { Scenario } from './Scenario.js';

/** In the memory of the worker; stored, but not in its memory; unheard of. */
const known = numbers(1, 50);
const stored = numbers(101, 50);
const fresh = 201;
const slowestRefusalMs = 300;
const openRefusalMs = 1;
const servedAgainMs = 1_000;
/** Until here the breaker has had its failures. */
const openAfterMs = 2_000;
const heapGrowthMb = 8;

export const blackHole: Scenario = {
  name: 'black-hole',
  summary:
    'Redis answers nothing: devices in memory unaffected, others 503 at once, served again within a second',
  inShort: false,
  async run(stage) {
    const { claims } = stage;
    await stage.startUpstream();
    const server = await stage.startRedis();
    const proxy = await stage.startProxy(server);
    const filler = await stage.startWorker('filler', { redis: { kind: 'single', at: server } });
    await stage.driver.callEach(filler, stored);
    await filler.close();
    const worker = await stage.startWorker('w1', { redis: { kind: 'single', at: proxy } });
    await stage.driver.callEach(worker, known);
    const first = await outage(stage, worker, proxy);
    // Measured once more where it looks as if the machine had been busy with something else.
    const isGood =
      first.slowestMs <= slowestRefusalMs && first.openMs <= openRefusalMs && first.backMs <= servedAgainMs;
    const seen = isGood ? first : await outage(stage, worker, proxy);
    claims.equal('failures of devices in memory', seen.knownFailed, 0);
    claims.note('p99 of devices in memory, inside the process', milliseconds(seen.knownMs));
    claims.note('others turned away', `${seen.refused}, median ${milliseconds(seen.medianMs)}`);
    claims.claim(
      'each of them with 503',
      seen.refused503 === seen.refused,
      `${seen.refused503} of ${seen.refused}`,
    );
    claims.atMost('slowest of them, inside the process', seen.slowestMs, slowestRefusalMs, 'ms');
    claims.atMost('p95 once the breaker is open', seen.openMs, openRefusalMs, 'ms');
    claims.atMost('growth of the heap', seen.heapMb, heapGrowthMb, 'MB');
    claims.atMost('others served again, from when the client is ready', seen.backMs, servedAgainMs, 'ms');
    claims.note('a device that nobody has seen, from then', milliseconds(seen.freshMs));
    await stage.judge();
  },
};

interface Outage {
  readonly knownFailed: number;
  readonly knownMs: number;
  readonly refused: number;
  readonly refused503: number;
  readonly medianMs: number;
  readonly slowestMs: number;
  readonly openMs: number;
  readonly heapMb: number;
  readonly backMs: number;
  readonly freshMs: number;
}

async function outage(stage: Stage, worker: Worker, proxy: TcpProxy): Promise<Outage> {
  const { driver, chronicle, options, random } = stage;
  const lastsMs = options.short ? 4_000 : 10_000;
  const heapBefore = await worker.order('heap', null);
  const startedAt = Date.now();
  const isOver = chronicle.disturbed('redis-unreachable', null);
  proxy.blackHole();
  const calls: Promise<unknown>[] = [];
  let knownFailed = 0;
  let refused503 = 0;
  while (Date.now() < startedAt + lastsMs) {
    const device = stored[random.between(0, stored.length)] ?? fresh;
    calls.push(
      driver.call(worker, known[random.between(0, known.length)] ?? 1).then(({ clientId }) => {
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
  const { handOuts, refusals } = readWorker(stage, worker, startedAt);
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
  const freshAt = await back(fresh + random.between(0, 1_000));
  return {
    knownFailed,
    knownMs: quantile(
      handOuts.map(({ endedAt, startedAt: at }) => endedAt - at),
      0.99,
    ),
    refused: refusals.length,
    refused503,
    medianMs: quantile(ms, 0.5),
    slowestMs: quantile(ms, 1),
    openMs: quantile(openMs, 0.95),
    heapMb,
    backMs: servedAt - readyAt,
    freshMs: freshAt - readyAt,
  };
}
