import { setTimeout as delay } from 'node:timers/promises';
import { numbers } from './numbers.js';
import type { Scenario } from './Scenario.js';

const device = 1;
const processes = 8;

export const revokedToken: Scenario = {
  name: 'revoked-token',
  summary: '8 processes, 1 000 requests with one revoked token, their 401s spread over 10 s: one token call',
  inShort: false,
  async run(stage) {
    const { claims, driver, options } = stage;
    const spreadMs = options.short ? 2_000 : 10_000;
    const upstream = await stage.startUpstream({ throttle: 'off' });
    const redis = await stage.startRedis();
    await stage.watch(redis);
    const workers = await stage.startFleet(processes, { redis: { kind: 'single', at: redis } });
    const [first] = workers;
    if (first === undefined) return;
    const { clientId } = await driver.call(first, device);
    // Every process has the token in memory, so each will meet a 401 of its own.
    await Promise.all(workers.map((worker) => driver.call(worker, device)));
    const mark = await upstream.simulator.ledger.mark();
    await upstream.simulator.revokeTokensOf({ clientId: clientId ?? '' });
    const answers = await Promise.all(
      numbers(0, 1_000).map(async (index) => {
        await delay(stage.random.next() * spreadMs);
        return await driver.call(workers[index % processes] ?? first, device, { route: 'profiles' });
      }),
    );
    claims.equal('requests served', answers.filter((answer) => answer.clientId === clientId).length, 1_000);
    const rejected = await upstream.simulator.ledger.count({
      endpoint: 'profiles',
      status: 401,
      since: mark,
    });
    claims.claim('requests that met a 401', rejected > 0, String(rejected));
    claims.equal(
      'token requests',
      await upstream.simulator.ledger.count({ endpoint: 'token', since: mark }),
      1,
    );
    claims.equal('registrations', await upstream.count('register'), 1);
    await stage.judge();
  },
};
