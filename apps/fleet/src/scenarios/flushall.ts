import { numbers } from './numbers.js';
import { expectRestored, register, storedPairs } from './lossScenario.js';
import type { Scenario } from './Scenario.js';

export const flushall: Scenario = {
  name: 'flushall',
  summary:
    'Redis is emptied beside living processes: they restore every pair that they know, and nobody registers',
  inShort: true,
  async run(stage) {
    const { claims, options } = stage;
    const devices = numbers(1, options.short ? 60 : 300);
    await stage.startUpstream();
    const server = await stage.startRedis();
    const redis = { kind: 'single', at: server } as const;
    const workers = await stage.startFleet(3, { redis });
    await register(stage, workers, devices);
    stage.chronicle.happened('redis-lost-writes', null);
    await server.command('FLUSHALL');
    claims.equal('pairs left in Redis', await storedPairs(server), 0);
    await expectRestored(stage, redis, devices);
  },
};
