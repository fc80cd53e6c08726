import { setTimeout as delay } from 'node:timers/promises';
import { audit } from '../stage/audit.js';
import { register } from './lossScenario.js';
import { numbers } from './numbers.js';
import type { Scenario } from './Scenario.js';

const skewMs = 5 * 60_000;
const stepMs = 20 * 60_000;
/** A skewed clock must not be what a viewer is told to wait by: the throttle lasts a second. */
const longestWaitMs = 4_000;

export const skewedClocks: Scenario = {
  name: 'skewed-clocks',
  summary:
    'clocks of processes five minutes fast and slow, for two lives of a token: nothing lost, late or expired',
  inShort: false,
  async run(stage) {
    const { claims, driver, options } = stage;
    const devices = numbers(1, options.short ? 30 : 100);
    const steps = options.short ? 12 : 36;
    const upstream = await stage.startUpstream();
    const server = await stage.startRedis();
    await stage.watch(server);
    const settings = { redis: { kind: 'single', at: server }, followsUpstream: true } as const;
    const skews = { right: 0, fast: skewMs, slow: -skewMs };
    const workers = await Promise.all(
      Object.entries(skews).map(([name, clockSkewMs]) =>
        stage.startWorker(name, { ...settings, clockSkewMs }),
      ),
    );
    await register(stage, workers, devices);
    let failed = 0;
    for (let step = 0; step < steps; step += 1) {
      await upstream.advance(stepMs);
      await delay(50);
      const answers = await Promise.all(workers.map((worker) => driver.callEach(worker, devices)));
      failed += answers.flat().filter(({ clientId }) => clientId === null).length;
    }
    claims.equal('requests that failed', failed, 0);
    const lives = (steps * stepMs) / 21_600_000;
    claims.note(
      'tokens of a device, in so many lives of one',
      `${(await upstream.count('token')) / devices.length} in ${lives}`,
    );
    await throttledEachByOne(stage, workers, devices.length);
    const audits = await audit(stage, devices, settings);
    await stage.judge({ audits, tokenLifeMs: Infinity });
  },
};

/** A 429 that one process meets is known to all: for as long as it lasts, by whichever clock. */
async function throttledEachByOne(
  { claims, driver, upstream, chronicle }: Parameters<Scenario['run']>[0],
  workers: Parameters<typeof register>[1],
  from: number,
): Promise<void> {
  const isOver = chronicle.disturbed('upstream-failed', null);
  for (const [index, met] of workers.entries()) {
    const device = from + 1 + index;
    await upstream.simulator.fault({ endpoint: 'register', count: 1, effect: { throttle: true } });
    const answers = await Promise.all([
      driver.call(met, device),
      delay(300).then(() => Promise.all(workers.map((worker) => driver.call(worker, device)))),
    ]);
    const all = answers.flat();
    const slowest = Math.max(...all.map(({ ms }) => ms));
    const served = all.filter(({ clientId }) => clientId !== null).length;
    claims.equal(
      `requests served of a device that the process with the ${met.name} clock was throttled for`,
      served,
      all.length,
    );
    claims.atMost('the slowest of them', slowest, longestWaitMs, 'ms');
  }
  await upstream.simulator.clearFaults();
  isOver();
}
