import type { Judgement } from '../checks/judge.js';
import type { Stage } from '../stage/Stage.js';
import { audit } from '../stage/audit.js';
import type { CacheVariant } from '../worker/WorkerOptions.js';
import type { Scenario } from './Scenario.js';

/** Short, so that nobody waits long for it to pass. */
const machine = { leaseMs: 1_000, upstreamTimeoutMs: 800 };
const device = 1;

export const pausedPastLease: Scenario = {
  name: 'paused-past-lease',
  summary:
    'a process sleeps past its lease between register and store, another registers: the sleeper adopts',
  inShort: true,
  async run(stage) {
    const { figures } = await sleepPastLease(stage, 'shipped', true);
    stage.claims.equal('registrations', figures.registrations, 2);
    stage.claims.equal('orphans', figures.orphans, 1);
  },
};

export const lockOnly: Scenario = {
  name: 'lock-only',
  summary:
    'control: the same with a lock and a plain SET in place of the swap loses a living pair, and is found out',
  inShort: true,
  async run(stage) {
    const { figures, violations } = await sleepPastLease(stage, 'plain-set', false);
    const found = new Set(violations.map(({ invariant }) => invariant));
    stage.claims.claim('the living pair that was lost is found', figures.lost > 0, `${figures.lost} lost`);
    stage.claims.claim('the switch is found', figures.switched > 0, `${figures.switched} switched`);
    stage.claims.claim(
      'by the invariants meant for it',
      found.has('I1') && found.has('I2'),
      [...found].join(', '),
    );
  },
};

async function sleepPastLease(stage: Stage, cache: CacheVariant, asserts: boolean): Promise<Judgement> {
  const { driver, claims } = stage;
  await stage.startUpstream();
  const redis = { kind: 'single', at: await stage.startRedis() } as const;
  await stage.watch(redis.at);
  const settings = { redis, cache, machine };
  const [sleeper, other] = await Promise.all([
    stage.startWorker('sleeper', { ...settings, mishap: { point: 'register-answered', signal: 'SIGSTOP' } }),
    stage.startWorker('other', settings),
  ]);
  const first = driver.call(sleeper, device);
  await sleeper.stopsItself();
  const second = await driver.call(other, device);
  claims.claim('the other process is served', second.clientId !== null, `after ${second.ms} ms`);
  sleeper.resume();
  const { clientId } = await first;
  if (asserts)
    claims.claim('the sleeper hands out the pair of the other', clientId === second.clientId, 'compared');
  const audits = await audit(stage, [device], settings);
  return await stage.judge({ ...machine, audits, asserts });
}
