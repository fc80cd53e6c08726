import { numbers } from './numbers.js';
import { expectRestored, register, storedPairs } from './lossScenario.js';
import type { Scenario } from './Scenario.js';
import type { Stage } from '../stage/Stage.js';
import type { Worker } from '../stage/Worker.js';
import type { RedisTarget } from '../worker/WorkerOptions.js';

export const flushall: Scenario = {
  name: 'flushall',
  summary:
    'Redis is emptied beside living processes: they restore every pair that they know, and nobody registers',
  inShort: false,
  async run(stage) {
    const { workers, devices, redis } = await emptied(stage);
    const { claims, driver, upstream } = stage;
    const before = await upstream.count('register');
    // Each is asked at once for what the others know.
    const answers = await Promise.all(workers.map((worker) => driver.callEach(worker, devices)));
    const served = answers.flat().filter(({ clientId }) => clientId !== null).length;
    claims.equal(
      'requests served, of all processes for all devices',
      served,
      workers.length * devices.length,
    );
    claims.equal('registrations since the loss', (await upstream.count('register')) - before, 0);
    await expectRestored(stage, redis, devices);
  },
};

export const flushallNewcomer: Scenario = {
  name: 'flushall-newcomer',
  summary: 'the same, and the first to ask is a process that has just started and knows nothing',
  inShort: false,
  async run(stage) {
    const { devices, redis } = await emptied(stage);
    await expectRestored(stage, redis, devices);
  },
};

interface Emptied {
  readonly workers: readonly Worker[];
  readonly devices: readonly number[];
  readonly redis: RedisTarget;
}

async function emptied(stage: Stage): Promise<Emptied> {
  const devices = numbers(1, stage.options.short ? 60 : 300);
  await stage.startUpstream();
  const server = await stage.startRedis();
  const redis = { kind: 'single', at: server } as const;
  const workers = await stage.startFleet(3, { redis });
  await register(stage, workers, devices);
  stage.chronicle.happened('redis-lost-writes', null);
  await server.command('FLUSHALL');
  stage.claims.equal('pairs left in Redis', await storedPairs(server), 0);
  return { workers, devices, redis };
}
