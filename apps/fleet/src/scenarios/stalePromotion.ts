import { until } from '../stage/until.js';
import { numbers } from './numbers.js';
import { expectRestored, register, storedPairs } from './lossScenario.js';
import type { Scenario } from './Scenario.js';

export const stalePromotion: Scenario = {
  name: 'stale-promotion',
  summary:
    'a replica is cut off, more pairs are written, it is promoted: living processes restore what it lacks',
  inShort: false,
  async run(stage) {
    const { claims, chronicle } = stage;
    const [early, late] = [numbers(1, 100), numbers(101, 150)];
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
    const isOver = chronicle.disturbed('redis-lost-writes', null);
    await primary.kill();
    await replica.command('REPLICAOF', 'NO', 'ONE');
    front.switchTo(replica);
    isOver();
    await expectRestored(stage, redis, [...early, ...late]);
    claims.equal('pairs in the new primary', await storedPairs(replica), early.length + late.length);
  },
};
