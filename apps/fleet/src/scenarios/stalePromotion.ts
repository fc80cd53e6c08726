import { setTimeout as delay } from 'node:timers/promises';
import type { Stage } from '../stage/Stage.js';
import { until } from '../stage/until.js';
import type { Worker } from '../stage/Worker.js';
import { numbers } from './numbers.js';
import { expectRestored, register, storedPairs } from './lossScenario.js';
import type { Scenario } from './Scenario.js';

/** New pairs are looked after once more two seconds later, which is to be over. */
const lookedAfterMs = 2_500;
/** Long enough for every breaker to open. */
const outageMs = 1_500;

export const stalePromotion: Scenario = {
  name: 'stale-promotion',
  summary:
    'a replica is cut off, more pairs are written, it is promoted: living processes restore what it lacks',
  inShort: false,
  run: (stage) =>
    promoteStale(stage, { early: numbers(1, 100), late: numbers(101, 150) }, () => Promise.resolve()),
};

export const fewLost: Scenario = {
  name: 'few-lost',
  summary: 'the same after an outage under load, where each process has three pairs that the replica lacks',
  inShort: false,
  run: (stage) =>
    promoteStale(stage, { early: numbers(1, 1), late: numbers(2, 9) }, async (workers) => {
      const isOver = stage.chronicle.disturbed('redis-down', null);
      const strangers = numbers(1_001, outageMs / 10);
      await Promise.all(
        strangers.map(async (device, index) => {
          await delay(index * 10);
          // Nobody has seen them, so Redis is asked for each.
          await Promise.all(workers.map((worker) => stage.driver.call(worker, device)));
        }),
      );
      isOver();
    }),
};

interface Devices {
  /** Replicated. */
  readonly early: readonly number[];
  /** Written when the replica is cut off. */
  readonly late: readonly number[];
}

async function promoteStale(
  stage: Stage,
  { early, late }: Devices,
  outage: (workers: readonly Worker[]) => Promise<void>,
): Promise<void> {
  const { claims, chronicle } = stage;
  await stage.startUpstream();
  const primary = await stage.startRedis();
  const link = await stage.startProxy(primary);
  const replica = await stage.startRedis({ replicaOf: link });
  const front = await stage.startProxy(primary);
  const redis = { kind: 'single', at: front } as const;
  const workers = await stage.startFleet(3, { redis });
  await register(stage, workers, early);
  await until(async () => (await storedPairs(replica)) === early.length, { withinMs: 5_000 });
  link.blackHole();
  await register(stage, workers, late);
  claims.equal('pairs that the replica has', await storedPairs(replica), early.length);
  await delay(lookedAfterMs);
  const isOver = chronicle.disturbed('redis-lost-writes', null);
  await primary.kill();
  await outage(workers);
  await replica.command('REPLICAOF', 'NO', 'ONE');
  front.switchTo(replica);
  isOver();
  await expectRestored(stage, redis, [...early, ...late]);
  claims.equal('pairs in the new primary', await storedPairs(replica), early.length + late.length);
}
