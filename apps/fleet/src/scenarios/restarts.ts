import { numbers } from './numbers.js';
import { expectRestored, register, storedPairs } from './lossScenario.js';
import type { Scenario } from './Scenario.js';
import type { Stage } from '../stage/Stage.js';

export const restartWithAof: Scenario = {
  name: 'restart-with-aof',
  summary: 'Redis with an AOF is killed and started again: it has every pair, and nobody registers',
  inShort: false,
  run: (stage) => restart(stage, true),
};

export const restartWithoutAof: Scenario = {
  name: 'restart-without-aof',
  summary:
    'Redis without an AOF is killed and comes back empty: living processes restore every pair they know',
  inShort: true,
  run: (stage) => restart(stage, false),
};

async function restart(stage: Stage, appendOnly: boolean): Promise<void> {
  const { claims, chronicle } = stage;
  const devices = numbers(1, stage.options.short ? 60 : 200);
  await stage.startUpstream();
  const server = await stage.startRedis({ appendOnly });
  const redis = { kind: 'single', at: server } as const;
  const workers = await stage.startFleet(3, { redis });
  await register(stage, workers, devices);
  const isUp = chronicle.disturbed('redis-down', null);
  if (!appendOnly) chronicle.happened('redis-lost-writes', null);
  await server.kill();
  await server.restart();
  isUp();
  const found = await storedPairs(server);
  if (appendOnly) claims.equal('pairs that Redis has kept', found, devices.length);
  else claims.note('pairs in Redis just after its start', String(found));
  await expectRestored(stage, redis, devices);
}
