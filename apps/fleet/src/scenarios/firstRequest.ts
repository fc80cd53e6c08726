import { numbers } from './numbers.js';
import type { Scenario } from './Scenario.js';

/** Adobe Pass takes so long, so that every request is there before the first is answered. */
const registerMs = { full: 3_000, short: 1_000 };
const device = 1;

export const firstRequest: Scenario = {
  name: 'first-request',
  summary: '16 processes, 1 000 first requests of one device at once in each: one registration, one token',
  inShort: true,
  async run(stage) {
    const { claims, driver, options } = stage;
    const processes = options.short ? 4 : 16;
    const requests = options.short ? 250 : 1_000;
    await stage.startUpstream({ registerDelayMs: options.short ? registerMs.short : registerMs.full });
    const redis = await stage.startRedis();
    await stage.watch(redis);
    const workers = await stage.startFleet(processes, { redis: { kind: 'single', at: redis } });
    const answers = await Promise.all(
      workers.flatMap((worker) => numbers(1, requests).map(() => driver.call(worker, device))),
    );
    const served = answers.filter(({ clientId }) => clientId !== null);
    claims.equal('requests served', served.length, processes * requests);
    claims.equal('registrations', await stage.upstream.count('register'), 1);
    claims.equal('token requests', await stage.upstream.count('token'), 1);
    claims.equal('pairs handed out', new Set(served.map(({ clientId }) => clientId)).size, 1);
    await stage.judge();
  },
};
