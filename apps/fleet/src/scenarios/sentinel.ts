import { startSentinels } from '@pass-dcr/redis-kit';
import { until } from '../stage/until.js';
import { expectRestored, register, storedPairs } from './lossScenario.js';
import { numbers } from './numbers.js';
import type { Scenario } from './Scenario.js';

export const sentinel: Scenario = {
  name: 'sentinel',
  summary:
    'three Sentinels replace a killed primary under load: nothing is lost, and every device is served again',
  inShort: false,
  async run(stage) {
    const { claims, chronicle, driver } = stage;
    const [early, late] = [numbers(1, 100), numbers(101, 50)];
    await stage.startUpstream();
    const primary = await stage.startRedis();
    const replica = await stage.startRedis({ replicaOf: primary });
    const sentinels = await startSentinels({ primary });
    stage.defer(() => sentinels.stop());
    const redis = { kind: 'sentinel', sentinels: sentinels.addresses, name: sentinels.name } as const;
    const workers = await stage.startFleet(3, { redis });
    await register(stage, workers, early);
    await until(async () => (await storedPairs(replica)) === early.length, { withinMs: 5_000 });
    const isOver = chronicle.disturbed('redis-down', null);
    const startedMs = performance.now();
    await primary.kill();
    await sentinels.failedOver(primary);
    claims.note('the Sentinels agree on a new primary', `${Math.round(performance.now() - startedMs)} ms`);
    const back = await until(
      async () =>
        (await Promise.all(workers.map((worker) => driver.callEach(worker, late.slice(0, 3)))))
          .flat()
          .every(({ clientId }) => clientId !== null),
      { withinMs: 30_000, everyMs: 250 },
    );
    isOver();
    claims.claim(
      'new devices are served by the new primary',
      back !== null,
      back === null ? 'not within 30 s' : `after ${Math.round(back)} ms`,
    );
    await register(stage, workers, [...early, ...late]);
    await expectRestored(stage, redis, [...early, ...late]);
  },
};
